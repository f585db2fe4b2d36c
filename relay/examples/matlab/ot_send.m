function ot_send(robot, type, command, param)
% Sends a command and does not wait; the robot keeps a queue. The fields of
% param stay in their order.
if isstruct(param)
    values = struct2cell(param);
    numbers = [values{cellfun(@isnumeric, values)}];
    if any(~isfinite(numbers)) % jsonencode would make it null
        error('%s: not a place to move to', command);
    end
end
message = struct('topic', 'driver', 'type', type, 'name', 'smoothie', ...
    'message', command, 'param', param);
write(robot.tcp, uint8([jsonencode(message), char(10)]));
end
