function [robot, message] = ot_receive(robot)
% Reads the next message from the robot or the relay. Its lines end in LF, CR:
% split at LF, the CR is white space before the next.
waited = tic;
while ~any(robot.unread == 10)
    if robot.tcp.NumBytesAvailable > 0
        robot.unread = [robot.unread, char(read(robot.tcp, robot.tcp.NumBytesAvailable))];
        waited = tic;
    elseif toc(waited) > 60
        error('nothing came for a minute');
    else
        pause(0.01);
    end
end
ends = find(robot.unread == 10, 1);
message = jsondecode(robot.unread(1:ends - 1));
robot.unread = robot.unread(ends + 1:end);
if strcmp(message.type, 'error')
    problem = message.data.message.error;
    if robot.halted && strcmp(problem.code, 'refused')
        return % after a halt, each command that it overtook is refused
    end
    error('%s: %s; your message: %s', problem.code, problem.text, problem.received);
end
end
