// The counter on Socket.IO: each press is one UPDATE on disk, then one message to everybody.
import { createServer } from "node:http";
import { DatabaseSync } from "node:sqlite";
import { Server } from "socket.io";

const [port, file] = process.argv.slice(2);
const database = new DatabaseSync(file);
database.exec(`
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  CREATE TABLE counter (id INTEGER PRIMARY KEY, count INTEGER NOT NULL);
  INSERT INTO counter VALUES (1, 0);
`);
const now = database.prepare("SELECT count FROM counter");
const raise = database.prepare("UPDATE counter SET count = count + 1 RETURNING count");

const http = createServer();
const io = new Server(http);
io.on("connection", (socket) => {
  socket.emit("count", now.get().count);
  socket.on("click", () => io.emit("count", raise.get().count));
});
http.listen(Number(port), "127.0.0.1");
