#!/usr/bin/env node
// Runs the program wxdev, which is in the package of this platform: npm installs
// that one alone, as os and cpu in its package.json say. There is no install script.
"use strict";

const { spawn } = require("node:child_process");

const platform = `${process.platform}-${process.arch}`;

function find() {
  const file = process.platform === "win32" ? "wxdev.exe" : "wxdev";
  try {
    return require.resolve(`@wxdev/${platform}/bin/${file}`);
  } catch {
    return null;
  }
}

// wxdev itself decides on the language in the same way.
function chinese() {
  const env = process.env;
  const args = process.argv.slice(2);
  const at = args.indexOf("--lang");
  const typed = at >= 0 ? args[at + 1] : (args.find((a) => a.startsWith("--lang=")) || "").slice(7);
  const said = typed === "en" || typed === "zh" ? typed : (env.WXDEV_LANG || "").toLowerCase();
  if (said === "en" || said === "zh") return said === "zh";
  return /^zh/i.test(env.LC_ALL || env.LC_MESSAGES || env.LANG || "");
}

function missing() {
  const name = `@wxdev/${platform}`;
  const all = Object.keys(require("./package.json").optionalDependencies).map((p) => p.slice("@wxdev/".length));
  console.error(
    !all.includes(platform)
      ? chinese()
        ? `wxdev：没有适用于 ${platform} 的程序，只有 ${all.join("、")}\n提示：装有 Go 时可以自己编译：go install github.com/wxdev/wxdev/cmd/wxdev@latest`
        : `wxdev: there is no program for ${platform}, only for ${all.join(", ")}\nhint: with Go you can build it: go install github.com/wxdev/wxdev/cmd/wxdev@latest`
      : chinese()
      ? `wxdev：找不到本平台的程序：没有安装 ${name}\n提示：安装时不要跳过可选依赖（--omit=optional）；node_modules 若是从别的系统复制来的，请重新安装`
      : `wxdev: no program for this platform: ${name} is not installed\nhint: install with optional dependencies (no --omit=optional), and again where node_modules came from another system`,
  );
  process.exit(3); // it could not be done
}

function run(program) {
  const child = spawn(program, process.argv.slice(2), { stdio: "inherit" });
  // A terminal sends Ctrl-C to both processes. What was sent to this one alone
  // is passed on, and this one ends as the program does.
  const terminal = [0, 1, 2].some((fd) => require("node:tty").isatty(fd));
  const signals = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"];
  for (const signal of signals) {
    process.on(signal, () => {
      if (terminal && (signal === "SIGINT" || signal === "SIGQUIT")) return;
      child.kill(signal);
    });
  }
  child.on("error", (err) => {
    console.error(chinese() ? `wxdev：无法运行 ${program}：${err.message}` : `wxdev: run ${program}: ${err.message}`);
    process.exit(3);
  });
  child.on("exit", (code, signal) => {
    if (signal === null) process.exit(code);
    for (const s of signals) process.removeAllListeners(s);
    process.kill(process.pid, signal);
  });
}

run(find() || missing());
