"""Records commands in a terminal and draws what they printed as docs/pictures/terminal.svg.

    npm start                                                   # in another terminal
    pip install rich==14.1.0
    python3 docs/pictures/terminal.py [--url http://127.0.0.1:8470]

It runs the ETL example once on the system at that address, and shows the run and what SQL knows of it. Drawn by
https://github.com/Textualize/rich from the bytes that a pseudo-terminal of 110 columns got.
"""

import argparse
import json
import os
import pathlib
import pty
import subprocess

from rich.console import Console
from rich.text import Text

here = pathlib.Path(__file__).parent
root = here.parent.parent
columns = 110
hours = "SELECT task_id, status, attempt, finished_at - started_at AS took FROM task_runs ORDER BY finished_at DESC LIMIT 3"
command = ["node", "apps/cli/bin/millrace.js"]


def asked(url: str, *words: str) -> str:
    env = {**os.environ, "MILLRACE_URL": url}
    return subprocess.run([*command, *words], cwd=root, env=env, check=True, capture_output=True, text=True).stdout


def recorded(url: str, *words: str) -> str:
    """What a terminal shows of a command."""
    ours, theirs = pty.openpty()
    env = {**os.environ, "MILLRACE_URL": url, "COLUMNS": str(columns), "TERM": "xterm-256color"}
    subprocess.run(["stty", "-F", os.ttyname(theirs), "cols", str(columns), "rows", "60"], check=True)
    process = subprocess.Popen([*command, *words], cwd=root, env=env, stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    shown = b""
    while True:
        try:
            piece = os.read(ours, 65536)
        except OSError:
            break
        if not piece:
            break
        shown += piece
    if process.wait() != 0:
        raise SystemExit(shown.decode())
    return shown.decode().replace("\r\n", "\n").rstrip()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--url", default="http://127.0.0.1:8470")
    url = parser.parse_args().url
    asked(url, "workflow", "apply", "examples/02-etl/workflow.json")
    run = json.loads(asked(url, "run", "submit", "etl-flights", "--wait", "-o", "json"))["run"]
    run = run["id"] if isinstance(run, dict) else run
    console = Console(record=True, width=columns, file=open(os.devnull, "w"), force_terminal=True)
    for words in (["run", "show", run], ["sql", hours]):
        console.print(Text("$ npx millrace " + " ".join(f'"{word}"' if " " in word else word for word in words), style="bold"))
        console.print(Text.from_ansi(recorded(url, *words)))
        console.print()
    console.save_svg(str(here / "terminal.svg"), title="millrace", unique_id="millrace")


main()
