"""`comfy.options`: whether the command line is read. It always is."""


def enable_args_parsing(enable: bool = True) -> None:
    """It has been read already."""
