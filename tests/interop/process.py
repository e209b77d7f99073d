"""Child processes with a deadline each; nothing waits without one."""
import os
import signal
import socket
import subprocess
import threading
import time

STEP_SECONDS = 15


class Proc:
    """A child whose stdout and stderr are collected together while it runs."""

    def __init__(self, argv, env=None):
        self.argv = [str(a) for a in argv]
        self.output = b''
        self._changed = threading.Condition()
        self._child = subprocess.Popen(
            self.argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            env=env, start_new_session=True)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        fd = self._child.stdout.fileno()
        while chunk := os.read(fd, 65536):
            with self._changed:
                self.output += chunk
                self._changed.notify_all()
        with self._changed:
            self._reader = None
            self._changed.notify_all()

    def wait_for(self, test, seconds=STEP_SECONDS):
        """True as soon as test(output) holds; False at the deadline or the end of output."""
        end = time.monotonic() + seconds
        with self._changed:
            while True:
                if test(self.output):
                    return True
                left = end - time.monotonic()
                if self._reader is None or left <= 0:
                    return False
                self._changed.wait(left)

    def send(self, data):
        try:
            self._child.stdin.write(data)
            self._child.stdin.flush()
        except (BrokenPipeError, ValueError):
            pass  # the exit status and the output tell why

    def close_input(self):
        try:
            self._child.stdin.close()
        except BrokenPipeError:
            pass

    def finish(self, seconds=STEP_SECONDS):
        """Exit status, or None if it had to be killed."""
        try:
            status = self._child.wait(seconds)
        except subprocess.TimeoutExpired:
            status = None
            self.kill()
        self.wait_for(lambda _: False, 2)
        return status

    def terminate(self, seconds=STEP_SECONDS):
        """Exit status after SIGTERM, or None if it had to be killed."""
        if self.alive():
            self._child.terminate()
        return self.finish(seconds)

    def alive(self):
        return self._child.poll() is None

    def kill(self):
        if self.alive():
            os.killpg(self._child.pid, signal.SIGKILL)
            self._child.wait()
        self.close_input()

    def text(self):
        return self.output.decode('utf-8', 'replace')


def talk(argv, line, expect, env=None, seconds=STEP_SECONDS):
    """A client: sends line, waits for expect, ends its input. (exit status, got it?, output)"""
    proc = Proc(argv, env)
    try:
        proc.send(line)
        got = proc.wait_for(lambda out: expect in out, seconds)
        proc.close_input()
        status = proc.finish(seconds)
        return status, got or expect in proc.output, proc.text()
    finally:
        proc.kill()


def output_of(argv, seconds=STEP_SECONDS):
    """Everything a short command prints; empty when it cannot be run."""
    try:
        return subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
                              stderr=subprocess.STDOUT, timeout=seconds, check=False).stdout
    except (OSError, subprocess.TimeoutExpired):
        return ''


def free_port():
    """A loopback port that was free a moment ago; who uses it tries again when it is taken."""
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        return s.getsockname()[1]
