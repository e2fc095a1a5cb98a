from contextlib import ExitStack
def run(stack: ExitStack, links: int) -> int:
    return 0
