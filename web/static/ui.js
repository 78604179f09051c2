// What both pages need: elements, words in two languages, requests, notices.

/** Returns the element with the id. */
export const $ = (id) => document.getElementById(id);

/**
 * Makes an element. Text is only ever set as text, so nothing that people wrote
 * can become markup.
 * @param {string} tag
 * @param {Object} props properties, and under "attrs" attributes, under "on" listeners
 * @param {...(Node|string|null|undefined|false)} children
 */
export function make(tag, props = {}, ...children) {
  const { attrs = {}, on = {}, ...rest } = props;
  const element = Object.assign(document.createElement(tag), rest);
  for (const [name, value] of Object.entries(attrs)) element.setAttribute(name, value);
  for (const [name, listener] of Object.entries(on)) element.addEventListener(name, listener);
  element.append(...children.filter((child) => child || child === 0));
  return element;
}

/** Makes an icon from the path of a 24 by 24 drawing. */
export function icon(path) {
  const space = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(space, 'svg');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('aria-hidden', 'true');
  const line = document.createElementNS(space, 'path');
  line.setAttribute('d', path);
  svg.append(line);
  return svg;
}

const languageKey = 'liaison.language';

function remembered() {
  try {
    return localStorage.getItem(languageKey);
  } catch {
    return null; // storage is switched off
  }
}

/** The language of the page: chosen, else Chinese unless the browser reads none. */
export let lang = remembered()
  ?? (navigator.languages.some((l) => l.toLowerCase().startsWith('zh')) ? 'zh' : 'en');

/** Joins names in the language of the page. */
export const joined = (names) => (names ?? []).join(lang === 'en' ? ', ' : '、');

let words = {};

/** Gives the page its words: {key: [Chinese, English]}. */
export function speak(table) {
  words = table;
  translate();
}

/** Returns the words for a key, with {name} filled in. */
export function t(key, values = {}) {
  const text = words[key]?.[lang === 'en' ? 1 : 0] ?? key;
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? '');
}

/** Changes the page's language. */
export function setLang(next) {
  lang = next;
  try {
    localStorage.setItem(languageKey, next);
  } catch {
    // It then holds until the page is closed.
  }
  translate();
}

function translate() {
  document.documentElement.lang = lang === 'en' ? 'en' : 'zh-CN';
  const put = (name, set) => {
    for (const element of document.querySelectorAll(`[${name}]`)) {
      const key = element.getAttribute(name);
      if (words[key]) set(element, t(key, element.dataset));
    }
  };
  put('data-t', (element, text) => { element.textContent = text; });
  put('data-t-label', (element, text) => element.setAttribute('aria-label', text));
  put('data-t-title', (element, text) => element.setAttribute('title', text));
  put('data-t-placeholder', (element, text) => element.setAttribute('placeholder', text));
}

/** An answer of the server that is not a success. status 0: no answer came. */
export class Problem extends Error {
  constructor(status, body) {
    super(body?.message ?? '');
    this.status = status;
    this.code = body?.code ?? '';
    this.field = body?.field ?? '';
    this.retryAfter = body?.retry_after ?? 0;
    this.changes = body?.changes ?? []; // what others did to a case meanwhile …
    this.version = body?.version ?? 0; // … and its version after that
  }
}

/** Asks the server; body is sent as JSON unless it is FormData. */
export async function ask(method, path, body) {
  const options = { method, headers: { 'Accept-Language': lang === 'en' ? 'en' : 'zh-CN' } };
  if (body instanceof FormData) {
    options.body = body;
  } else if (body !== undefined) {
    options.headers['Content-Type'] = 'application/json';
    options.body = JSON.stringify(body);
  }
  let answer;
  try {
    answer = await fetch(path, options);
  } catch {
    throw new Problem(0);
  }
  const text = await answer.text().catch(() => '');
  let parsed;
  try {
    parsed = text ? JSON.parse(text) : undefined;
  } catch {
    parsed = undefined; // a proxy's own page
  }
  if (!answer.ok) throw new Problem(answer.status, parsed);
  return parsed;
}

/** Shows a short notice. */
export function toast(text) {
  const notice = make('p', { className: 'toast', textContent: text });
  $('toasts').append(notice);
  setTimeout(() => notice.remove(), 4000);
}

/** Makes a button for what is not done by accident: it wants to be pressed twice. */
export function sure(key, className, act, failed) {
  const button = make('button', { type: 'button', className: `button small ${className}`, textContent: t(key) });
  let armed = 0;
  const disarm = () => {
    clearTimeout(armed);
    armed = 0;
    delete button.dataset.armed;
    button.textContent = t(key);
  };
  button.addEventListener('click', async () => {
    if (!armed) {
      button.textContent = t('sure');
      armed = setTimeout(disarm, 4000);
      button.dataset.armed = '';
      return;
    }
    disarm();
    button.disabled = true;
    try {
      await act();
    } catch (problem) {
      failed(problem);
    } finally {
      button.disabled = false;
      button.textContent = t(key);
    }
  });
  return button;
}

const formats = new Map();

/** Writes a moment in China time. */
export function when(moment, options) {
  const locale = lang === 'en' ? 'en-GB' : 'zh-CN';
  const key = locale + JSON.stringify(options);
  if (!formats.has(key)) {
    formats.set(key, new Intl.DateTimeFormat(locale, { timeZone: 'Asia/Shanghai', hourCycle: 'h23', ...options }));
  }
  return formats.get(key).format(new Date(moment));
}

/** Writes a size in bytes. */
export function size(bytes) {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 * 1024) return `${Math.round(bytes / 1024)} KB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

/** Whether the key event is Enter as such, not the end of composing a word. */
export function isEnter(event) {
  // 229: Safari reports the Enter that ends a composition after the composition.
  return event.key === 'Enter' && !event.isComposing && event.keyCode !== 229;
}

const paper = 'M14 3H6.500A1.500 1.500 0 0 0 5 4.500v15A1.500 1.500 0 0 0 6.500 21h11a1.500 1.500 0 0 0 1.500-1.500V8zM14 3v5h5';

/** Makes the links to files; pictures are shown. */
export function fileList(files) {
  if (!files?.length) return null;
  return make('div', { className: 'files' }, ...files.map((file) => {
    const attrs = { href: file.url, target: '_blank', rel: 'noopener' };
    if (file.image) {
      return make('a', { attrs }, make('img', { src: file.url, alt: file.name, loading: 'lazy' }));
    }
    return make('a', { className: 'file', attrs: { ...attrs, download: file.name } }, icon(paper),
      make('span', {}, file.name, make('small', { textContent: size(file.size) })));
  }));
}
