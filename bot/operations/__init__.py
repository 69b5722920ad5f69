"""What keeps the bot running where nobody looks: several processes, faults, and figures of both."""
