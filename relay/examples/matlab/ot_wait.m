function robot = ot_wait(robot)
% Waits until the queue is empty and the last motion has ended.
while true
    [robot, flow] = ot_ask(robot, 'meta', 'flow', 'flow');
    if flow.queue_size == 0 && flow.ack_received && flow.ack_ready
        return
    end
    pause(0.1);
end
end
