function [robot, value] = ot_ask(robot, type, command, answer)
% Sends a question and returns the part of the answer with that name.
ot_send(robot, type, command, '');
while true
    [robot, message] = ot_receive(robot);
    if isfield(message.data.message, answer)
        value = message.data.message.(answer);
        return
    end
end
end
