"""The conversation: understands a question, answers it from the registry, and shows the answer."""
