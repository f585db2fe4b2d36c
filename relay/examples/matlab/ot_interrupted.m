function ot_interrupted(robot, waits)
% Runs when ot_wait is left, however it is. The robot goes on with its queue when
% a program is gone: what ends the wait early, Ctrl-C or an error, stops it first.
if waits('done'), return; end
robot = ot_halt(robot);
fprintf(2, 'stopped by Ctrl-C or an error; reset_from_halt and home before anything else\n');
try
    % A connection that is closed with something unread takes back what was
    % sent: the answer to a question shows that the stop has been read.
    ot_ask(robot, 'meta', 'flow', 'flow');
catch
end
end
