"""Run an Opentrons OT-One through the relay, with Python's standard library.

    python3 opentrons.py 192.168.1.50          (the relay's address)

Copy the class Robot into your own program; main() shows how it is used: within
"with", so that Ctrl-C and every error stop the robot before the program ends.
"""
import json
import socket
import sys
import time


class Robot:
    """A connection to the robot. Any error ends it: make a new one."""

    def __init__(self, host, port=7887, timeout=60):
        self.socket = socket.create_connection((host, port), timeout)
        self.lines = self.socket.makefile("r", encoding="utf-8", newline="\n")
        self.halted = False
        # The relay greets first. The robot's driver answers after it, at once
        # or when the robot is switched on, and says who is who.
        answer = self.wait_for(lambda m: m["type"] == "handshake")
        if answer["data"]["message"]["result"] not in ("success", "already_connected"):
            raise RuntimeError("no handshake: the driver is full (close other front ends, then restart the robot), or busy")
        self.id = answer["to"]
        self.send("feedback_on", True)  # the robot is to say when a motion ends

    def send(self, command, param=None, type="command"):
        """Send a command and do not wait; the robot keeps a queue."""
        message = {"topic": "driver", "type": type, "name": "smoothie",
                   "message": command, "param": param}
        # NaN would be no place to move to.
        text = json.dumps(message, allow_nan=False)
        self.socket.sendall(text.encode() + b"\n")

    def receive(self):
        """Return the next message, from the robot or the relay."""
        while True:
            line = self.lines.readline()
            if not line:
                raise ConnectionError("the relay closed the connection")
            message = json.loads(line)
            if message["type"] != "error":
                return message
            error = message["data"]["message"]["error"]
            # After a halt, each command that it overtook is refused.
            if not (self.halted and error["code"] == "refused"):
                raise RuntimeError("%(code)s: %(text)s; your message: %(received)s" % error)

    def wait_for(self, wanted):
        """Read messages until one is wanted, and return it."""
        while True:
            message = self.receive()
            if wanted(message):
                return message

    def ask(self, command, answer, type="command"):
        """Send a question and return the part of the answer with that name."""
        self.send(command, type=type)
        message = self.wait_for(lambda m: answer in m["data"]["message"])
        return message["data"]["message"][answer]

    def wait(self):
        """Wait until the queue is empty and the last motion has ended."""
        while True:
            flow = self.ask("flow", "flow", type="meta")
            if flow["queue_size"] == 0 and flow["ack_received"] and flow["ack_ready"]:
                return
            time.sleep(0.1)

    def home(self, axes="XYZAB"):
        self.send("home", {axis: "true" for axis in axes})

    def move_to(self, **position):
        """Move in a straight line, in mm: move_to(X=100, Y=50)."""
        self.send("move_to", position)

    def positions(self):
        """Return where the robot is, in mm by axis."""
        return self.ask("positions", "pos")

    def halt(self):
        """Stop at once. Then reset_from_halt and home, before anything else.

        This is a software stop. It is no substitute for the power switch."""
        self.halted = True
        self.send("clear_queue", type="meta")
        self.send("halt")

    def reset_from_halt(self):
        self.halted = False
        self.send("reset_from_halt", "true")

    def close(self):
        """Leave, once the relay has read all that was sent.

        A socket that is closed with something unread takes back what was sent."""
        self.socket.shutdown(socket.SHUT_WR)
        while self.socket.recv(4096):
            pass
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, kind, problem, trace):
        """The robot goes on with its queue when a program is gone: stop it first."""
        try:
            if kind:
                self.socket.sendall(b"\n")  # ends a line that was cut short
                self.halt()
            self.close()
        except OSError as lost:
            if kind:
                print("the robot may go on: it could not be stopped (%s)" % lost, file=sys.stderr)


def main():
    host = sys.argv[1]
    port = int(sys.argv[2]) if len(sys.argv) > 2 else 7887
    with Robot(host, port) as robot:
        print("connected as", robot.id)

        robot.home()
        robot.wait()
        print("home")

        robot.move_to(X=100, Y=50)
        robot.move_to(X=20.5)
        robot.wait()
        position = robot.positions()
        print("at X %g Y %g" % (position["X"], position["Y"]))

        robot.move_to(X=300)
        robot.halt()
        robot.wait()
        print("halted")

        robot.reset_from_halt()
        robot.home()
        robot.wait()
        print("home again")


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("stopped by Ctrl-C; reset_from_halt and home before anything else")
