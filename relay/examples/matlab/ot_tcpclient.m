% Run an Opentrons OT-One through the relay, with tcpclient (MATLAB R2020b and
% later, and GNU Octave 7 with its instrument-control package).
%
%     host = '192.168.1.50'; port = 7887;  % the relay's address
%     ot_tcpclient
%
% The functions, ot_*.m beside this file, are to be copied: what they know of
% the connection is in a struct, robot, that they take and give back. Ctrl-C in
% ot_wait stops the robot; anywhere else it goes on with its queue.

if exist('OCTAVE_VERSION', 'builtin'), pkg load instrument-control; end
if ~exist('port', 'var'), port = 7887; end

robot = ot_connect(host, port);
fprintf('connected as %s\n', robot.id);

ot_send(robot, 'command', 'home', struct('X', 'true', 'Y', 'true', 'Z', 'true'));
robot = ot_wait(robot);
fprintf('home\n');

ot_send(robot, 'command', 'move_to', struct('X', 100, 'Y', 50));
ot_send(robot, 'command', 'move_to', struct('X', 20.5));
robot = ot_wait(robot);
[robot, position] = ot_ask(robot, 'command', 'positions', 'pos');
fprintf('at X %g Y %g\n', position.X, position.Y);

ot_send(robot, 'command', 'move_to', struct('X', 300));
robot = ot_halt(robot);
robot = ot_wait(robot);
fprintf('halted\n');

robot.halted = false;
ot_send(robot, 'command', 'reset_from_halt', 'true');
ot_send(robot, 'command', 'home', struct('X', 'true', 'Y', 'true', 'Z', 'true'));
robot = ot_wait(robot);
fprintf('home again\n');
clear robot
