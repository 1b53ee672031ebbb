// The page that is shown when no front end is there: what the server does, kept up to date.
"use strict";

const show = (id, text) => { document.getElementById(id).textContent = text; };
const gigabytes = (bytes) => `${(bytes / 2 ** 30).toFixed(1)} GB`;

async function ask(path) {
  const reply = await fetch(path);
  if (!reply.ok) throw new Error(`${path}: ${reply.status}`);
  return reply.json();
}

let wasRemaining = -1;

async function refresh() {
  const state = document.getElementById("state");
  try {
    const remaining = (await ask("prompt")).exec_info.queue_remaining;
    if (remaining !== wasRemaining) {
      wasRemaining = remaining;
      await showQueue(remaining);
      await showPictures();
    }
    await showMachine();
    state.textContent = remaining ? "The server is at work." : "The server is ready and has nothing to do.";
    state.className = "";
  } catch (error) {
    state.textContent = "The server does not answer.";
    state.className = "bad";
    wasRemaining = -1;
  }
}

async function showQueue(remaining) {
  const running = remaining ? (await ask("queue")).queue_running.length : 0;
  show("running", running);
  show("pending", Math.max(remaining - running, 0));
}

async function showMachine() {
  const { system, devices } = await ask("system_stats");
  show("device", devices.length ? devices[0].name : "starting…");
  show("memory", `${gigabytes(system.ram_free)} of ${gigabytes(system.ram_total)} free`);
}

async function showPictures() {
  const history = Object.values(await ask("history?max_items=8&offset=-1"));
  const records = history.reverse().flatMap((entry) =>
    Object.values(entry.outputs).flatMap((output) => output.images ?? []));
  const pictures = records.filter((record) => record.filename).slice(0, 8).map((record) => {
    const link = document.createElement("a");
    const picture = document.createElement("img");
    const query = new URLSearchParams({ filename: record.filename, subfolder: record.subfolder, type: record.type });
    link.href = `view?${query}`;
    picture.src = `view?${query}&preview=webp;80`;
    picture.alt = record.filename;
    picture.onerror = () => link.remove();
    link.append(picture);
    return link;
  });
  if (pictures.length) document.getElementById("recent").replaceChildren(...pictures);
}

refresh();
setInterval(() => { if (!document.hidden) refresh(); }, 2000);
