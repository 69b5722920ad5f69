"""What is kept about a chat when it moves to a new id, and when the bot leaves it."""

from __future__ import annotations

from bot.telegram.state import State


async def move_chat(state: State, old: int, new: int) -> None:
    """Settings, approval and contexts of the group go to the supergroup's id. May come twice."""
    for space, prefix in (("access", "g"), ("taste", ""), ("request", "g")):
        record = await state.get(space, f"{prefix}{old}")
        if record is not None:
            await state.put(space, f"{prefix}{new}", record)
            await state.drop(space, f"{prefix}{old}")
    for key, memory in await state.scan("context"):
        chat, _, rest = key.partition(":")
        if chat == str(old):
            await state.put("context", f"{new}:{rest}", memory, 24 * 3600.0)
            await state.drop("context", key)


async def forget_chat(state: State, chat_id: int) -> None:
    """Taste, contexts and what its messages were; nothing of a group outlives the bot's stay."""
    await state.drop("taste", str(chat_id))
    for space in ("context", "sent", "asked"):
        for key, _ in await state.scan(space):
            if key.startswith(f"{chat_id}:"):
                await state.drop(space, key)
