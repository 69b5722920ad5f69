"""`python -m bot run`: serves Telegram by long polling, or by webhook where an address is set."""

from __future__ import annotations

import asyncio
import gc
import signal
import sys
import time
from contextlib import AsyncExitStack, suppress

import structlog
from aiogram import Bot, Dispatcher
from aiogram.exceptions import TelegramConflictError, TelegramUnauthorizedError

from bot.app import bot_over, build_dispatcher
from bot.opening import LOOK_EVERY, Opened, opened
from bot.operations.running import Operations, operating
from bot.render.words import say
from bot.settings import Settings
from bot.telegram.access import Access
from bot.telegram.digest import Digest
from bot.telegram.kept import KeptDesk
from bot.telegram.logs import configure_logs
from bot.telegram.menus import offer_all_menus
from bot.telegram.middleware import Reception
from bot.telegram.talk import Talk
from bot.telegram.webhook import Listener
from registry.errors import RegistryError

STOP_NOTICE = 0.3  # seconds in which a stopping process still says that it is not ready
GARBAGE_AFTER = (20_000, 20, 20)  # new objects; a burst of sixty answers
PURGE_EVERY = 3600.0  # seconds; what has expired is taken out

log = structlog.get_logger(__name__)


async def serve(settings: Settings) -> int:
    """Serve until told to stop."""
    configure_logs(settings.log_level, settings.log_format)
    if settings.token is None:
        print(say("terminal.no_token"), file=sys.stderr)
        return 2
    async with AsyncExitStack() as closing:
        parts = await closing.enter_async_context(opened(settings))
        operations = await closing.enter_async_context(operating(settings, parts.store))
        bot = bot_over(settings, operations.session)
        kept = KeptDesk(operations.patient(parts.desk), lambda: parts.version)
        desk = operations.measured(kept)
        dispatcher = build_dispatcher(
            settings,
            bot,
            desk,
            operations.store,
            parts.index,
            turns=operations.turns,
            outermost=operations.outermost,
        )
        operations.join(bot, dispatcher)
        talk: Talk = dispatcher["talk"]
        talk.registry_changed = lambda: take_over(parts, dispatcher)
        dispatcher["digest"].since = parts.version
        dispatcher.startup.register(introduce)
        await warm_up(parts)
        look_for_garbage_less_often()
        watching = asyncio.create_task(watch(parts, dispatcher, operations))
        listener = Listener(operations.is_ready)
        listener.show_metrics(operations.metrics.show)
        try:
            if settings.webhook_url:
                await _by_webhook(settings, bot, dispatcher, listener)
            else:
                await _by_polling(settings, bot, dispatcher, listener)
        except TelegramUnauthorizedError:
            print(say("terminal.wrong_token"), file=sys.stderr)
            return 2
        except TelegramConflictError:
            print(say("terminal.other_poller"), file=sys.stderr)
            return 2
        finally:
            watching.cancel()
            with suppress(asyncio.CancelledError):
                await watching
    return 0


async def _by_polling(
    settings: Settings, bot: Bot, dispatcher: Dispatcher, listener: Listener
) -> None:
    dispatcher.startup.register(take_up)
    if settings.listen_at is not None:
        await listener.start(*settings.listen_at)
    try:
        await bot.delete_webhook()
        polling = asyncio.create_task(
            dispatcher.start_polling(bot, polling_timeout=25, handle_signals=False)
        )
        stopping = asyncio.create_task(_told_to_stop().wait())
        await asyncio.wait({polling, stopping}, return_when=asyncio.FIRST_COMPLETED)
        listener.stop_being_ready()
        if not polling.done():
            await dispatcher.stop_polling()
        stopping.cancel()
        await polling
    finally:
        await listener.stop()


async def _by_webhook(
    settings: Settings, bot: Bot, dispatcher: Dispatcher, listener: Listener
) -> None:
    url, secret, listen_at = settings.webhook_url, settings.webhook_secret, settings.listen_at
    if url is None or secret is None or listen_at is None:
        raise ValueError("the settings were checked when they were read")
    stop = _told_to_stop()
    listener.take_updates(url, secret.get_secret_value(), bot, dispatcher)
    parts = {**dispatcher.workflow_data, "bot": bot, "dispatcher": dispatcher}
    await dispatcher.emit_startup(**parts)
    port = await listener.start(*listen_at)
    wanted = dispatcher.resolve_used_update_types()
    await bot.set_webhook(url, secret_token=secret.get_secret_value(), allowed_updates=wanted)
    log.info("listening", port=port)
    await stop.wait()
    listener.stop_being_ready()
    # Still listening: the load balancer sees that no more may come while this is finished.
    await asyncio.sleep(STOP_NOTICE)
    reception: Reception = dispatcher["reception"]
    await reception.finish()
    await listener.stop()
    await dispatcher.emit_shutdown(**parts)
    await bot.session.close()


def _told_to_stop() -> asyncio.Event:
    """Set by SIGTERM and SIGINT."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop


async def introduce(bot: Bot, access: Access) -> None:
    """Menus, and the claim link where there is no admin yet."""
    me = await bot.me()
    admins = await access.admins()
    await offer_all_menus(bot, admins)
    log.info("serving", bot=me.username, admins=len(admins), open=access.is_open)
    if not me.can_read_all_group_messages:
        log.info("privacy_mode", reads="commands, replies and mentions only")
    if not admins and (claim := await access.new_claim()) is not None:
        print(say("terminal.claim", link=f"https://t.me/{me.username}?start={claim}"), flush=True)


async def watch(parts: Opened, dispatcher: Dispatcher, operations: Operations) -> None:
    """Notice imports, whoever did them; write down in quiet moments who was told what."""
    reception: Reception = dispatcher["reception"]
    digest: Digest = dispatcher["digest"]
    seen, purge_at = reception.seen, time.monotonic() + PURGE_EVERY
    counted = -1
    while True:
        quiet, seen = seen == reception.seen and not reception.busy, reception.seen
        try:
            if time.monotonic() > purge_at:
                purge_at = time.monotonic() + PURGE_EVERY
                await parts.store.kv_purge()
            if not await take_over(parts, dispatcher) and (quiet or digest.is_full):
                await digest.write()
            if counted != parts.version:
                counted = parts.version
                await operations.tell_registry(parts.store)
        except RegistryError as error:
            log.warning("registry_away", error=type(error).__name__)
        await asyncio.sleep(LOOK_EVERY)


async def take_over(parts: Opened, dispatcher: Dispatcher) -> bool:
    """What has changed in the registry is answered from now on; who was told otherwise is told."""
    await parts.refresh(at_once=True)
    digest: Digest = dispatcher["digest"]
    before, digest.since = digest.since, parts.version
    if before == parts.version:
        return False
    log.info("registry_changed", version=parts.version)
    await digest.tell(before)
    return True


async def warm_up(parts: Opened) -> None:
    """Load what the first questions would otherwise wait for; the words ask for nothing real."""
    for text in say("warm_up.questions").splitlines():
        try:
            await parts.desk.ask(text)
        except RegistryError as error:
            log.warning("not_warmed_up", error=type(error).__name__)


def look_for_garbage_less_often() -> None:
    """What was loaded stays, and answers leave few cycles: going through all of it again and again
    took a quarter of the processor's time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GARBAGE_AFTER)


async def take_up(bot: Bot, dispatcher: Dispatcher, reception: Reception) -> None:
    """Answer what an earlier run was killed over."""
    for update in await reception.left_over():
        task = asyncio.create_task(dispatcher.feed_update(bot, update))
        dispatcher._handle_update_tasks.add(task)
        task.add_done_callback(dispatcher._handle_update_tasks.discard)
