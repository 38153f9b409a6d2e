"""Everything that README.md shows was really printed: each `$ command` in it is run again and its output compared.

Wall-clock figures may differ. Output that ends with a line "…" is compared up to there. With --update the README is rewritten with
what the commands print now, each shortened output at the length that it had.
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

SOURCE = pathlib.Path(os.environ.get("CREDSIM_SOURCE", pathlib.Path(__file__).resolve().parents[2]))
PROGRAM = pathlib.Path(os.environ.get("CREDSIM", SOURCE / "build/release/credsim")).resolve()
README = SOURCE / "README.md"
MORE = "…"
WALL_CLOCK = [(re.compile(r"simulated in .*$"), "simulated in TIME"), (re.compile(r"^(engine +[\d,]+ events), .*$"), r"\1, RATE")]


def masked(line):
    for pattern, replacement in WALL_CLOCK:
        line = pattern.sub(replacement, line)
    return line


def printed(command, folder):
    done = subprocess.run(["bash", "-c", command], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=120)
    return done.stdout.rstrip("\n").split("\n") if done.stdout else []


def transcript(block, folder):
    """The block's lines with each command's output as it is printed now."""
    lines, now = block.split("\n"), []
    i = 0
    while i < len(lines):
        now.append(lines[i])
        command = lines[i].removeprefix("$ ")
        while command.endswith("\\"):
            i += 1
            now.append(lines[i])
            command = command[:-1] + lines[i]
        i += 1
        shown = []
        while i < len(lines) and not lines[i].startswith("$ "):
            shown.append(lines[i])
            i += 1
        output = printed(command, folder)
        now += output[:len(shown) - 1] + [MORE] if shown and shown[-1] == MORE else output
    return "\n".join(now)


def main():
    text = README.read_text(encoding="utf-8")
    blocks = re.findall(r"^```\n(\$ .*?)\n```$", text, flags=re.MULTILINE | re.DOTALL)
    if len(blocks) < 4:
        sys.exit("README.md shows hardly any command: is it written in another form now?")
    different = 0
    with tempfile.TemporaryDirectory() as folder:
        pathlib.Path(folder, "build/release").mkdir(parents=True)
        os.symlink(PROGRAM, pathlib.Path(folder, "build/release/credsim"))
        for name in ("scenarios", "tests"):
            os.symlink(SOURCE / name, pathlib.Path(folder, name))
        for block in blocks:
            now = transcript(block, folder)
            if "--update" in sys.argv:
                text = text.replace(block, now)
                continue
            for shown, real in zip(block.split("\n") + [""] * 99, now.split("\n")):
                if masked(shown) != masked(real):
                    print(f"README.md shows\n  {shown}\nwhere now is printed\n  {real}")
                    different += 1
                    break
            if len(block.split("\n")) != len(now.split("\n")):
                print(f"README.md shows {len(block.split(chr(10)))} lines, now there are {len(now.split(chr(10)))}: {block.split(chr(10))[0]}")
                different += 1
    if "--update" in sys.argv:
        README.write_text(text, encoding="utf-8")
    print(f"{len(blocks)} transcripts, {different} differences")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
