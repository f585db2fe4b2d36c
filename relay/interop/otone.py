"""A small OT-One with the software of July 2016 on autobahn, for the interop tests.

It behaves as otone_backend does towards browsers: it says that it is ready when
it joins, before it is subscribed, and whenever a browser is; it takes commands
as {"type","data"}, with handlers that take data or take none and fail on the
other; and it broadcasts. Below it is the board of driver.py, which answers each
line with "ok" and stat 0, after --motion seconds. With --port-closed, the board's
port is closed at each joining, until connectPort opens it: then the robot takes what
it is told and says nothing, and keeps all moves but the first.

What it receives and what befalls it is printed, one JSON object a line.
"""
import collections
import json
import sys

import autobahn
from autobahn.asyncio.wamp import ApplicationSession

from driver import PREFIX, listener, run, tell

PORT = "/dev/ttyACM0"
PORT_CLOSED = "--port-closed" in sys.argv
if PORT_CLOSED:
    sys.argv.remove("--port-closed")


class OTone:
    """What the robot knows; it outlives a WAMP session."""

    def __init__(self, loop, motion):
        self.loop, self.motion = loop, motion
        self.session = None
        self.queue = collections.deque()
        self.busy = False
        self.port = True  # the board's is open
        self.verbs = {
            "home": lambda data: self.home(data),
            "listPorts": lambda: self.say("portsList", [PORT]),
            "connectPort": lambda name: self.connect(name),
            "move": lambda data: self.add(data if isinstance(data, list) else [data]),
            "raw": lambda data: self.send(data),
            "eraseJob": lambda: self.erase(),
            "getCalibrations": lambda: self.calibrations(),
            "stop": lambda data: self.kill(data),
        }

    def dispatch(self, payload):
        message = json.loads(payload.strip(), object_pairs_hook=collections.OrderedDict)
        try:
            if message.get("data") is not None:
                self.verbs[message["type"]](message["data"])
            else:
                self.verbs[message["type"]]()
        except (KeyError, TypeError) as e:
            tell("failed", error=str(e))

    def connect(self, name):
        if name == PORT:
            self.port = True
            self.say("status", True)
            self.send("M62")
            self.ready()

    def erase(self):
        self.queue.clear()
        self.busy = self.busy and self.port

    def home(self, axes):
        self.erase()
        self.send("M112")
        self.send("M999")
        self.send("G28" + "".join(" " + axis.upper() for axis in axes))

    def kill(self):  # takes no data, and is given some: so it is in the published one
        self.send("M112")

    def say(self, type_, data, **layout):
        if self.session is not None:
            message = collections.OrderedDict([("type", type_), ("data", data)])
            self.session.publish(PREFIX + "robot_to_browser", json.dumps(message, **layout))

    def calibrations(self):
        self.say("containerLocations", {"a": {}, "b": {}}, sort_keys=True, indent=4, separators=(",", ": "))

    def add(self, locations):
        self.queue.extend(locations)
        self.step()

    def step(self):
        if self.busy or not self.queue:
            return
        self.busy = True
        line = "".join(" %s%s" % (axis.upper(), float(value)) for axis, value in self.queue.popleft().items())
        self.send("G90 G0" + line)
        if self.port:
            self.loop.call_later(self.motion, self.ready)

    def send(self, line):
        if not self.port:
            return
        tell("line", line=line)
        self.say("smoothie", {"string": "--> " + line})
        self.say("smoothie", {"string": "ok"})

    def ready(self):
        self.say("smoothie", {"string": '{"stat":0}'})
        self.busy = False
        self.step()


def session_class(robot, ended):
    class Session(ApplicationSession):
        async def onJoin(self, details):
            robot.session = self
            if PORT_CLOSED:
                robot.port, robot.busy = False, False
                robot.queue.clear()
            self.publish(PREFIX + "robot_ready", True)
            await self.subscribe(listener("browser_ready", self.browser_ready), PREFIX + "browser_ready")
            await self.subscribe(listener("browser_to_robot", robot.dispatch), PREFIX + "browser_to_robot")
            tell("joined", id="", autobahn=autobahn.__version__, python=sys.version.split()[0])

        def browser_ready(self, status):
            self.publish(PREFIX + "robot_ready", True)

        def onDisconnect(self):
            robot.session = None
            ended.set()
    return Session


if __name__ == "__main__":
    run(__doc__.splitlines()[0], OTone, session_class)
