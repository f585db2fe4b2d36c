% Run an Opentrons OT-One through the relay as in 2016: tcpip, and JSON written
% and read as text, for a MATLAB without tcpclient and jsonencode.
%
%     host = '192.168.1.50'; port = 7887;  % the relay's address
%     ot_tcpip
%
% Ctrl-C ends this program and not the robot, which goes on with what it has
% queued: then send the lines of "stop" below, or press halt on the relay's page.
%
% In GNU Octave it runs with the instrument-control package, whose tcpip lacks
% the properties and fgetl; ot_tcpip_line makes up for it.

octave = exist('OCTAVE_VERSION', 'builtin') ~= 0;
if octave, pkg load instrument-control; end
if ~exist('port', 'var'), port = 7887; end

t = tcpip(host, port);
if ~octave
    t.Terminator = 'LF/CR';
    t.InputBufferSize = 400000;
    t.OutputBufferSize = 400000;
    t.Timeout = 60;
    fopen(t);
end

% The driver's answer to the handshake tells this client's id and its own.
line = '';
while isempty(strfind(line, '"type": "handshake"'))
    line = ot_tcpip_line(t);
end
if isempty(strfind(line, '"success"')) && isempty(strfind(line, '"already_connected"'))
    error('no handshake: the driver is full (close other front ends, then restart the robot), or busy');
end
id = regexp(line, '"to": "([^"]*)"', 'tokens', 'once');
driver = regexp(line, '"from": "([^"]*)"', 'tokens', 'once');
fprintf('connected as %s\n', id{1});

head = ['{"topic":"driver","to":"', driver{1}, '","from":"', id{1}, '","sessionID":"', id{1}, '",'];
commands = { ...
    '{"feedback_on":true}', ...                    % say when a motion ends
    '{"home":{"X":"true","Y":"true","Z":"true"}}', ...
    ['{"move_to":{"X":', num2str(100), ',"Y":', num2str(50.5), '}}'], ...
    '{"positions":""}'};
for k = 1:length(commands)
    fprintf(t, [head, '"type":"command","data":{"name":"smoothie","message":', commands{k}, '}}']);

    % Ask how far the robot is until the queue is empty and the motion has ended.
    busy = true;
    while busy
        fprintf(t, [head, '"type":"meta","data":{"name":"smoothie","message":{"flow":""}}}']);
        line = '';
        while isempty(strfind(line, '"flow"'))
            line = ot_tcpip_line(t);
            place = regexp(line, '"pos": {"X": ([-0-9.]+), "Y": ([-0-9.]+)', 'tokens', 'once');
            if ~isempty(place)
                fprintf('at X %g Y %g\n', str2double(place{1}), str2double(place{2}));
            end
        end
        busy = isempty(strfind(line, '"queue_size": 0')) || ...
            isempty(strfind(line, '"ack_received": true')) || isempty(strfind(line, '"ack_ready": true'));
        if busy, pause(0.1); end
    end
    fprintf('done: %s\n', commands{k});
end

% A stop, and back to work. It is a software stop, and no substitute for the
% power switch.
stop = {'"type":"meta","data":{"name":"smoothie","message":{"clear_queue":""}}}', ...
    '"type":"command","data":{"name":"smoothie","message":{"halt":""}}}', ...
    '"type":"command","data":{"name":"smoothie","message":{"reset_from_halt":"true"}}}'};
for k = 1:length(stop)
    fprintf(t, [head, stop{k}]);
end
line = '';
while isempty(strfind(line, '"stat": 0'))
    line = ot_tcpip_line(t);
end
fprintf('halted and reset\n');
fclose(t);
