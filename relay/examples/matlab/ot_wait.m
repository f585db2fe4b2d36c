function robot = ot_wait(robot)
% Waits until the queue is empty and the last motion has ended. Ctrl-C during it
% stops the robot (ot_interrupted).
waits = containers.Map('done', false);
guard = onCleanup(@() ot_interrupted(robot, waits)); %#ok<NASGU>
while true
    [robot, flow] = ot_ask(robot, 'meta', 'flow', 'flow');
    if flow.queue_size == 0 && flow.ack_received && flow.ack_ready
        waits('done') = true; %#ok<NASGU>
        return
    end
    pause(0.1);
end
end
