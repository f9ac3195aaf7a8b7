import { html, type Html, type Part } from './html';
import type { Words } from './words';

/** What every page needs to know. */
export interface PageFrame {
  readonly words: Words;
  /** MSP id of the gateway's member. */
  readonly member: string;
  /** The member's name in the page's language. */
  readonly memberName: string;
  /** Absent before signing in. */
  readonly userId?: string;
  /** Address of this page, for the language switch. */
  readonly path: string;
  readonly isDevelopment: boolean;
}

const LINKS = [
  ['/orders', 'orders'],
  ['/statements', 'statements'],
  ['/cases', 'cases'],
] as const;

/** A whole page; nothing inline, so the policy can forbid it. */
export function page(frame: PageFrame, title: string, content: Part): Html {
  const { words, member, memberName, path } = frame;
  const other = words.language === 'zh' ? { code: 'en', name: 'English' } : { code: 'zh', name: '中文' };
  return html`<!doctype html>
    <html lang="${words.language === 'zh' ? 'zh-Hans' : 'en'}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title} · ${memberName} · Concordat</title>
        <link rel="stylesheet" href="/assets/style.css" />
        <link rel="icon" href="/assets/icon.svg" type="image/svg+xml" />
      </head>
      <body>
        <a class="skip" href="#content">${words.word('skip')}</a>
        <header class="top">
          <a class="brand" href="/orders"><span class="mark" aria-hidden="true"></span>Concordat</a>
          ${
            frame.userId !== undefined &&
            html`<nav aria-label="Concordat">
              ${LINKS.map(
                ([address, word]) =>
                  html`<a href="${address}" ${path.startsWith(address) ? html` aria-current="page"` : null}
                    >${words.word(word)}</a
                  >`,
              )}
            </nav>`
          }
          <div class="who">
            <span class="member" title="${member}">${memberName}</span>
            <a
              href="/language/${other.code}?back=${encodeURIComponent(path)}"
              lang="${other.code}"
              hreflang="${other.code}"
              >${other.name}</a
            >
            ${frame.userId !== undefined && html`<form method="post" action="/logout"><button class="quiet" title="${frame.userId}">${words.word('signOut')}</button></form>`}
          </div>
        </header>
        ${frame.isDevelopment && html`<p class="ribbon" role="note">${words.word('development')}</p>`}
        <main id="content" tabindex="-1">${content}</main>
        <footer><a href="/docs">${words.word('apiDocs')}</a><a href="/docs/errors">${words.word('errors')}</a></footer>
      </body>
    </html> `;
}

/** A status as a coloured word; colour is never the only sign. */
export function badge(words: Words, status: string): Html {
  const tone = TONES[status] ?? 'plain';
  return html`<span class="badge ${tone}">${words.status(status)}</span>`;
}

const TONES: Readonly<Record<string, string>> = {
  completed: 'good',
  settled: 'good',
  paid: 'good',
  countersigned: 'good',
  accepted: 'good',
  delivered: 'good',
  verified: 'good',
  rejected: 'bad',
  returned: 'bad',
  disputed: 'bad',
  cancelled: 'bad',
  proposed: 'wait',
  issued: 'wait',
  paying: 'wait',
  instructed: 'wait',
  signed: 'wait',
  fulfilling: 'wait',
  despatched: 'wait',
  drafted: 'plain',
  filed: 'wait',
};

/** A table that scrolls inside its own frame on small screens. */
export function table(caption: string, heads: readonly Part[], rows: readonly Html[]): Html {
  return html`<div class="scroll" role="region" aria-label="${caption}" tabindex="0">
    <table>
      <thead>
        <tr>
          ${heads.map((head) => html`<th scope="col">${head}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`;
}

/** Names and values side by side. */
export function facts(pairs: readonly (readonly [string, Part])[]): Html {
  return html`<dl class="facts">
    ${pairs.map(
      ([name, value]) =>
        html`<div>
          <dt>${name}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
  </dl>`;
}
