function robot = ot_halt(robot)
% Stops at once: it makes the driver forget its queue, then halts. After it
% come reset_from_halt and home, before anything else. It is a software stop,
% and no substitute for the power switch.
robot.halted = true;
ot_send(robot, 'meta', 'clear_queue', '');
ot_send(robot, 'command', 'halt', '');
end
