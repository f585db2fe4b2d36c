function robot = ot_connect(host, port)
% Connects and shakes hands. The robot's driver answers at once, or when the
% robot is switched on.
robot.tcp = tcpclient(host, port);
robot.unread = '';
robot.halted = false;
answer.type = '';
while ~strcmp(answer.type, 'handshake')
    [robot, answer] = ot_receive(robot);
end
if ~any(strcmp(answer.data.message.result, {'success', 'already_connected'}))
    error('no handshake: the driver is full (close other front ends, then restart the robot), or busy');
end
robot.id = answer.to;
ot_send(robot, 'command', 'feedback_on', true); % say when a motion ends
end
