// Node behind the commands of tests/interop/driver.py, old releases first of all: the OpenSSL 1.0 inside them
// speaks fixed Diffie-Hellman and export suites. So this is the JavaScript of 2013.
// argv[2]: a file of lines NAME=CODE=OPENSSL-NAME.
'use strict';
var fs = require('fs');
var tls = require('tls');
var crypto = require('crypto');

var LIMIT_MS = 10000;
var GREETING = 'interop says hello\n';
var METHODS = { 'ssl3': 'SSLv3_method', 'tls1.0': 'TLSv1_method', 'tls1.1': 'TLSv1_1_method',
                'tls1.2': 'TLSv1_2_method', 'tls1.3': 'TLSv1.3' };
var GROUPS = { 'secp256r1': 'P-256', 'secp384r1': 'P-384', 'secp521r1': 'P-521', 'x25519': 'X25519',
               'x448': 'X448', 'ffdhe2048': 'ffdhe2048', 'ffdhe3072': 'ffdhe3072', 'ffdhe4096': 'ffdhe4096',
               'ffdhe6144': 'ffdhe6144', 'ffdhe8192': 'ffdhe8192', 'X25519MLKEM768': 'X25519MLKEM768',
               'SecP256r1MLKEM768': 'SecP256r1MLKEM768', 'SecP384r1MLKEM1024': 'SecP384r1MLKEM1024',
               'MLKEM512': 'MLKEM512', 'MLKEM768': 'MLKEM768', 'MLKEM1024': 'MLKEM1024',
               'brainpoolP256r1tls13': 'brainpoolP256r1tls13', 'brainpoolP384r1tls13': 'brainpoolP384r1tls13',
               'brainpoolP512r1tls13': 'brainpoolP512r1tls13' };
var makeContext = tls.createSecureContext || crypto.createCredentials;
var names = {}, codes = {};

fs.readFileSync(process.argv[2], 'utf8').split('\n').forEach(function (line) {
  var parts = line.split('=');
  if (parts[2]) {
    names[parts[1]] = parts[2];
    codes[parts[2]] = Number(parts[1]);
  }
});

function say(o) {
  process.stdout.write(JSON.stringify(o) + '\n');
}

// TLS 1.3 has no method of its own, but a range.
function ofVersion(o, version) {
  if (version === 'tls1.3') {
    o.minVersion = o.maxVersion = METHODS[version];
  } else {
    o.secureProtocol = METHODS[version];
  }
  return o;
}

function works(options) {
  try {
    makeContext(options);
    return true;
  } catch (e) {
    return false;
  }
}

function level(name) {
  if (/^1\.0\.1/.test(process.versions.openssl)) { // which says EDH where later ones say DHE
    name = name.replace(/^(EXP-)?DHE(-(RSA|DSS)-DES)/, '$1EDH$2');
  }
  if (/^TLS_/.test(name)) { // a list without others is none
    name += ':ALL';
  }
  return parseInt(process.versions.openssl, 10) > 1 ? name + ':@SECLEVEL=0' : name;
}

// OpenSSL 1.0 takes any word in a list of ciphers and finds out when it connects; these it does not have.
var NOT_IN_10 = new RegExp('ARIA|CCM|POLY1305|CAMELLIA.*(SHA256|SHA384|GCM)|EXP1024|EXP-DH-|FIPS|DHE-DSS-RC4');

function has(name) {
  if (!name || /PSK|SRP/.test(name)) { // what needs a secret beforehand has no interface here
    return false;
  }
  if (/^1\.0\.1/.test(process.versions.openssl) && /^DH-(RSA|DSS)/.test(name)) {
    return false;
  }
  return /^1\.0/.test(process.versions.openssl) ? !NOT_IN_10.test(name) : works({ ciphers: level(name) });
}

// A server of Node wants a certificate and has no weak temporary keys; one of Node 0.10 has none at all.
function lacksAsServer() {
  return Object.keys(names).filter(function (code) {
    return /ADH|AECDH|EXP/.test(names[code]) || !tls.createSecureContext && /DHE?-|EDH/.test(names[code]);
  }).map(Number);
}

function can() {
  var old = /^1\.0/.test(process.versions.openssl);
  return {
    title: 'Node ' + process.versions.node + ' (OpenSSL ' + process.versions.openssl + ')',
    versions: Object.keys(METHODS).filter(function (v) {
      return v === 'tls1.3' ? tls.DEFAULT_MAX_VERSION === METHODS[v] : works(ofVersion({}, v));
    }),
    suites: Object.keys(names).filter(function (code) { return has(names[code]); }).map(Number),
    client_lacks: tls.createSecureContext ? [] : [0x0011],
    server_lacks: lacksAsServer(),
    groups: old ? [] : Object.keys(GROUPS).filter(function (g) { return works({ ecdhCurve: GROUPS[g] }); }),
    // 1.0.1 wants certificates of servers to sign or to encipher
    certs: ['rsa', 'p256', 'p384', 'p521', 'dsa'].concat(
        /^1\.0\.2/.test(process.versions.openssl) ? ['ecdh-rsa', 'ecdh-ecdsa', 'dh-rsa', 'dh-dsa'] : []),
    client: ['any-group', 'verify'].concat(old ? [] : ['retry']),
    server: ['any-group'].concat(old ? [] : ['retry']),
    features: ['client-cert'].concat(tls.createSecureContext ? ['resume-ticket', 'legacy-resume'] : [],
                                     old ? [] : ['ems', 'etm'])
  };
}

function options(w) {
  var o = { ca: [fs.readFileSync(w.ca)], ciphers: level(names[Number(w.suite)]) };
  ofVersion(o, w.version);
  if (w.group && w.version === 'tls1.3') {
    o.ecdhCurve = (w.retry && w.port ? 'X25519:' : '') + GROUPS[w.group];
  }
  if (w.cert) {
    o.cert = fs.readFileSync(w.cert);
    o.key = fs.readFileSync(w.key);
  }
  return o;
}

function describe(socket) {
  var cipher = socket.getCipher && socket.getCipher();
  var o = { ok: false, data: false };
  if (cipher && codes[cipher.name]) {
    o.suite = codes[cipher.name];
  }
  if (socket.getProtocol && socket.getProtocol() === 'TLSv1.3') {
    o.version = 'tls1.3';
  }
  if (socket.isSessionReused) {
    o.resumed = socket.isSessionReused() ? 'yes' : '';
  }
  return o;
}

function connect(w, session, done) {
  var o = options(w), said = { ok: false, data: false }, text = '', socket, fresh;
  o.port = Number(w.port);
  o.host = '127.0.0.1';
  o.servername = w.name;
  o.rejectUnauthorized = !/^(ADH|AECDH|EXP-ADH)/.test(o.ciphers);
  if (session) {
    o.session = session;
  }
  socket = tls.connect(o, function () {
    said = describe(socket);
    socket.write(GREETING);
  });
  socket.setTimeout(LIMIT_MS, function () { socket.destroy(); });
  socket.on('data', function (chunk) {
    text += chunk;
    if (/\n/.test(text)) {
      said.data = said.ok = text === GREETING;
      fresh = socket.getSession && socket.getSession();
      socket.end();
    }
  });
  socket.on('error', function (e) { said = { ok: false, data: false, error: String(e) }; });
  socket.on('close', function () { done(said, fresh); });
}

function client(w, done) {
  connect(w, null, function (said, session) {
    if (!w.resume || !said.ok) {
      say(said);
      done();
      return;
    }
    connect(w, session, function (again) {
      say(again);
      done();
    });
  });
}

function server(w, done) {
  var o = options(w), left = Number(w.accepts), listener, timer;
  if (w.auth === 'require') {
    o.requestCert = o.rejectUnauthorized = true;
  }
  if (w.dh) {
    o.dhparam = fs.readFileSync(w.dh);
  }
  function reported(said) {
    say(said);
    left -= 1;
    if (left <= 0) {
      clearTimeout(timer);
      listener.close();
      done();
    }
  }
  listener = tls.createServer(o, function (socket) {
    var said = describe(socket);
    said.client_cert = w.auth === 'require' ? !!socket.authorized : undefined;
    socket.setTimeout(LIMIT_MS, function () { socket.destroy(); });
    socket.on('data', function (chunk) {
      said.data = said.ok = String(chunk) === GREETING;
      socket.write(chunk);
    });
    socket.on('error', function (e) { said.error = String(e); });
    socket.on('close', function () { reported(said); });
    socket.on('end', function () { socket.end(); });
  });
  listener.on('tlsClientError', function (e) { reported({ ok: false, data: false, error: String(e) }); });
  listener.on('clientError', function (e) {
    if (!listener.listeners || !/^v?(1[0-9]|2[0-9])/.test(process.versions.node)) {
      reported({ ok: false, data: false, error: String(e) });
    }
  });
  listener.listen(0, '127.0.0.1', function () {
    say({ port: listener.address().port });
  });
  timer = setTimeout(function () {
    while (left > 0) {
      reported({ ok: false, data: false, error: 'nobody came' });
    }
  }, LIMIT_MS);
}

var queue = [], busy = false, rest = '';

function next() {
  var fields, w = {};
  if (busy || !queue.length) {
    return;
  }
  busy = true;
  fields = queue.shift().split(' ');
  fields.slice(1).forEach(function (field) {
    w[field.split('=')[0]] = field.slice(field.indexOf('=') + 1);
  });
  function done() {
    busy = false;
    next();
  }
  try {
    if (fields[0] === 'can') {
      say(can());
      done();
    } else {
      (fields[0] === 'client' ? client : server)(w, done);
    }
  } catch (e) {
    say({ ok: false, data: false, error: String(e) });
    done();
  }
}

process.stdin.resume();
process.stdin.setEncoding('utf8');
process.stdin.on('data', function (chunk) {
  var lines = (rest + chunk).split('\n');
  rest = lines.pop();
  queue = queue.concat(lines.filter(function (line) { return line; }));
  next();
});
process.stdin.on('end', function () { process.exit(0); });
