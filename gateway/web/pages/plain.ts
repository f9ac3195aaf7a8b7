import { errorSections } from '../../http/errors-page';
import type { ProblemDocument } from '../../http/problem';
import { html, type Html } from '../html';
import { page, table, type PageFrame } from '../layout';

/** Where a token is pasted. */
export function loginPage(
  frame: PageFrame,
  input: { readonly next: string; readonly problem?: ProblemDocument },
): Html {
  const w = frame.words.word;
  return page(
    frame,
    w('signIn'),
    html`<section class="login">
      <h1>${w('signIn')}</h1>
      ${input.problem !== undefined && html`<p class="alert" role="alert">${w('wrongToken')}: ${input.problem.title} (<code>${input.problem.code}</code>)</p>`}
      <form method="post" action="/login">
        <input type="hidden" name="next" value="${input.next}" /> <label for="token">${w('token')}</label
        ><textarea
          id="token"
          name="token"
          rows="5"
          required
          autocomplete="off"
          spellcheck="false"
          aria-describedby="hint"
        ></textarea>
        <p class="hint" id="hint">${w('tokenHint')}</p>
        <button class="main">${w('signIn')}</button>
      </form>
    </section>`,
  );
}

/** A refusal, for people. */
export function problemPage(frame: PageFrame, problem: ProblemDocument): Html {
  const w = frame.words.word;
  const missing = problem.status === 404;
  return page(
    frame,
    missing ? w('notFound') : w('failed'),
    html`<h1>${missing ? w('notFound') : w('failed')}</h1>
      <p>${missing ? w('notFoundHint') : problem.title}</p>
      <p class="hint">${problem.remedy} <code>${problem.code}</code> · <code>${problem.requestId}</code></p>
      <p><a href="/orders">${w('orders')}</a></p>`,
  );
}

/** Every code a problem document can carry; `type` of a problem points here. */
export function errorsPage(frame: PageFrame): Html {
  const w = frame.words.word;
  return page(
    frame,
    w('errors'),
    html`<h1>${w('errors')}</h1>
      ${errorSections().map(
        ({ title, rows }) =>
          html`<section>
            <h2>${title}</h2>
            ${table(
              title,
              [w('code'), 'HTTP', w('meaning'), w('remedy')],
              rows.map(
                (row) =>
                  html`<tr id="${row.code}">
                    <th scope="row"><code>${row.code}</code></th>
                    <td>${row.answer}</td>
                    <td>${frame.words.language === 'zh' ? row.zh : row.meaning}</td>
                    <td>${row.remedy}</td>
                  </tr>`,
              ),
            )}
          </section>`,
      )}`,
  );
}
