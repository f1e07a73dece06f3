// The client knows one server by name. Its connections to it lead to the server under test instead, and end in no TLS.
const https = require("node:https");
const net = require("node:net");

https.globalAgent.createConnection = ({ host }) => {
  if (host !== "api.countapi.xyz") throw new Error(`no connection to ${host}`);
  return net.connect(Number(process.env.SERVER_PORT), "127.0.0.1");
};
