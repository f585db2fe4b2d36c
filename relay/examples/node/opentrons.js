// Run an Opentrons OT-One through the relay, with Node.js and no packages.
//
//     node opentrons.js 192.168.1.50          (the relay's address)
//
// Copy the class Robot into your own program; main() shows how it is used, and
// how Ctrl-C and every error stop the robot before the program ends.
'use strict';
const net = require('net');

class Robot {
  constructor(socket) {
    this.socket = socket;
    this.messages = this.read();
    this.halted = false;
    // The robot goes on with its queue when a program is gone: Ctrl-C stops it
    // at once, and then ends whatever waits for a message.
    this.interrupted = new Promise((_, end) => process.once('SIGINT', () => {
      this.halt();
      this.leaving = true;
      end(new Error('stopped by Ctrl-C; reset_from_halt and home before anything else'));
    }));
    this.interrupted.catch(() => {}); // waitFor tells of it
  }

  // Connects and shakes hands. The robot's driver answers at once, or when the
  // robot is switched on.
  static async connect(host, port = 7887) {
    const socket = net.connect(port, host);
    socket.setEncoding('utf8').setNoDelay(true);
    const robot = new Robot(socket);
    const answer = await robot.waitFor((m) => m.type === 'handshake');
    if (!['success', 'already_connected'].includes(answer.data.message.result)) {
      throw new Error('no handshake: the driver is full (close other front ends, then restart the robot), or busy');
    }
    robot.id = answer.to;
    robot.send('feedback_on', true); // the robot is to say when a motion ends
    return robot;
  }

  // Sends a command and does not wait; the robot keeps a queue.
  send(command, param = null, type = 'command') {
    if (this.leaving) return; // nothing follows the stop
    const numbers = Object.values(param ?? {}).filter((v) => typeof v === 'number');
    if (!numbers.every(Number.isFinite)) {
      throw new Error(`${command}: not a place to move to`); // JSON would make it null
    }
    const message = {topic: 'driver', type, name: 'smoothie', message: command, param};
    this.socket.write(JSON.stringify(message) + '\n');
  }

  // The messages from the robot and the relay, as they come.
  async *read() {
    let text = '';
    for await (const chunk of this.socket) {
      const lines = (text + chunk).split('\n');
      text = lines.pop();
      for (const line of lines) yield JSON.parse(line);
    }
    throw new Error('the relay closed the connection');
  }

  async waitFor(wanted) {
    for (;;) {
      const message = (await Promise.race([this.messages.next(), this.interrupted])).value;
      if (message.type === 'error') {
        const {code, text, received} = message.data.message.error;
        // After a halt, each command that it overtook is refused.
        if (this.halted && code === 'refused') continue;
        throw new Error(`${code}: ${text}; your message: ${received}`);
      }
      if (wanted(message)) return message;
    }
  }

  // Sends a question and returns the part of the answer with that name.
  async ask(command, answer, type = 'command') {
    this.send(command, null, type);
    const message = await this.waitFor((m) => answer in m.data.message);
    return message.data.message[answer];
  }

  // Waits until the queue is empty and the last motion has ended.
  async wait() {
    for (;;) {
      const flow = await this.ask('flow', 'flow', 'meta');
      if (flow.queue_size === 0 && flow.ack_received && flow.ack_ready) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  home(axes = 'XYZAB') {
    this.send('home', Object.fromEntries([...axes].map((axis) => [axis, 'true'])));
  }

  // In mm: moveTo({X: 100, Y: 50}).
  moveTo(position) { this.send('move_to', position); }

  positions() { return this.ask('positions', 'pos'); }

  // Stops at once. Then resetFromHalt and home, before anything else. This is
  // a software stop, and no substitute for the power switch.
  halt() {
    this.halted = true;
    this.send('clear_queue', null, 'meta');
    this.send('halt');
  }

  resetFromHalt() {
    this.halted = false;
    this.send('reset_from_halt', 'true');
  }

  // Leaves, once the relay has read all that was sent. A socket that is closed
  // with something unread takes back what was sent.
  async close() {
    this.socket.end();
    try { for (;;) await this.messages.next(); } catch { /* the relay closed it */ }
    this.socket.destroy();
  }

  // For a program that ends early.
  stopAndClose() {
    if (!this.socket.writable) console.error('the robot may go on: it could not be stopped');
    else this.halt();
    return this.close();
  }
}

async function main(host, port) {
  const robot = await Robot.connect(host, port);
  console.log('connected as', robot.id);
  try {
    await work(robot);
  } catch (error) {
    await robot.stopAndClose();
    throw error;
  }
  await robot.close();
}

async function work(robot) {
  robot.home();
  await robot.wait();
  console.log('home');

  robot.moveTo({X: 100, Y: 50});
  robot.moveTo({X: 20.5});
  await robot.wait();
  const {X, Y} = await robot.positions();
  console.log(`at X ${X} Y ${Y}`);

  robot.moveTo({X: 300});
  robot.halt();
  await robot.wait();
  console.log('halted');

  robot.resetFromHalt();
  robot.home();
  await robot.wait();
  console.log('home again');
}

if (require.main === module) {
  main(process.argv[2], Number(process.argv[3] ?? 7887)).catch((error) => {
    console.error(error.message);
    process.exit(1);
  });
}

module.exports = {Robot};
