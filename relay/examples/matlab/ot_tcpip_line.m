function line = ot_tcpip_line(t)
% Reads one line, and stops the program at an error of the relay's.
if exist('OCTAVE_VERSION', 'builtin')
    line = '';
    waited = tic;
    byte = [];
    while ~isequal(byte, 10)
        byte = fread(t, 1);
        line = [line, char(byte)];
        if toc(waited) > 60, error('nothing came for a minute'); end
    end
else
    line = fgetl(t);
end
if ~isempty(strfind(line, '"type": "error"'))
    error('the relay says: %s', line);
end
end
