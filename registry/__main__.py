"""python -m registry: load, look at, check, change, export and back up the registry."""

from __future__ import annotations


def main() -> None:
    """Build the commands, then run the one asked for."""
    # typer and rich take a while to load, and whoever imports this module may not need them.
    import typer

    from registry.commands import reading

    app = typer.Typer(
        help="绩效目标表登记库",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    app.command("load")(reading.load)
    app.command("list")(reading.list_projects)
    app.command("show")(reading.show)
    app.command("find")(reading.find)
    app(prog_name="python -m registry")


if __name__ == "__main__":
    main()
