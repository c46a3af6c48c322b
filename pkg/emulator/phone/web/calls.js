// The calls of the control API that the page makes: no power of the page alone.
// GET /__wxdev/ lists them with what they do.
export const calls = {
	accounts: "GET accounts",
	users: "GET users",
	addUser: "POST users",
	chat: "GET users/{user}/chat",
	menu: "GET users/{user}/menu",
	act: "POST users/{user}/{action}",
	log: "GET log",
	entry: "GET log/{id}",
	pushes: "GET pushes",
	push: "GET pushes/{id}",
	again: "POST pushes/{id}/again",
	scenario: "GET pushes/{id}/scenario",
	curl: "GET pushes/{id}/curl",
	sent: "GET pushes/{id}/sent",
	received: "GET pushes/{id}/received",
	clock: "GET clock",
	check: "POST check",
	qrcodes: "GET qrcodes",
	places: "GET places",
	media: "GET media",
	upload: "POST media",
	file: "GET media/{id}",
	events: "GET events",
	h5: "POST h5/open",
	h5Answer: "POST h5/{session}/answer",
};

const prefix = "/__wxdev/";

// address is where a call goes: {names} are filled in, the rest is the query.
export function address(name, params = {}) {
	const [method, path] = calls[name].split(" ");
	const left = {...params};
	const filled = path.replace(/\{(\w+)\}/g, (_, k) => {
		const v = encodeURIComponent(left[k]);
		delete left[k];
		return v;
	});
	const query = new URLSearchParams(Object.entries(left).filter(([, v]) => v !== undefined && v !== ""));
	return {method, url: prefix + filled + (query.size ? "?" + query : "")};
}

const quote = s => "'" + s.replaceAll("'", `'\\''`) + "'";

export function curl(name, params, body) {
	const {method, url} = address(name, params);
	let line = "curl";
	if (method !== "GET" && !(method === "POST" && body !== undefined)) line += " -X " + method;
	if (body !== undefined) line += " -d " + quote(typeof body === "string" ? body : JSON.stringify(body));
	return line + " " + quote(decode(location.origin + url));
}

const decode = url => {
	try {return decodeURI(url);} catch {return url;}
};
