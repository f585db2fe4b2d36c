// A stand-in for the robot's web page on autobahn-js: it joins the router,
// listens to the frontend topic and to its own, and publishes what it is told
// to. Each line on stdin is {"topic","payload"}; each line on stdout is an
// event in the same form, or {"joined": autobahn's version}.
//
//   node frontend.js ws://127.0.0.1:8080/ws ID
'use strict';
const readline = require('readline');
const autobahn = require('autobahn');

const [url, id] = process.argv.slice(2);
const tell = (line) => process.stdout.write(JSON.stringify(line) + '\n');

const connection = new autobahn.Connection({url, realm: 'ot_realm', max_retries: 0});

connection.onopen = async (session) => {
  for (const topic of ['com.opentrons.frontend', 'com.opentrons.' + id]) {
    await session.subscribe(topic, (args) => tell({topic, payload: args[0]}));
  }
  tell({joined: autobahn.version});
  readline.createInterface({input: process.stdin}).on('line', (line) => {
    const {topic, payload} = JSON.parse(line);
    session.publish(topic, [payload]);
  }).on('close', () => connection.close());
};

connection.onclose = (reason, details) => {
  tell({closed: reason, details});
  process.exit(reason === 'closed' ? 0 : 1);
};

connection.open();
