"""python -m registry: load, look at, check, change, export and back up the registry."""

from __future__ import annotations

from collections.abc import Callable


def main() -> None:
    """Build the commands, then run the one asked for."""
    # typer and rich take a while to load, and whoever imports this module may not need them.
    import typer

    from registry.commands import caring, keeping, reading

    app = typer.Typer(
        help="绩效目标表登记库",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    commands: dict[str, Callable[..., None]] = {
        "load": reading.load,
        "read": reading.read,
        "check": caring.check,
        "list": reading.list_projects,
        "show": reading.show,
        "find": reading.find,
        "import": caring.import_file,
        "undo": caring.undo,
        "versions": caring.versions,
        "history": caring.history,
        "correct": caring.correct,
        "contact": caring.contact,
        "alias": caring.alias,
        "remove": caring.remove_project,
        "export": keeping.export,
        "take-in": keeping.take_in,
        "audit": keeping.audit,
        "backup": keeping.backup,
        "restore": keeping.restore,
    }
    for name, command in commands.items():
        app.command(name)(command)
    app(prog_name="python -m registry")


if __name__ == "__main__":
    main()
