/* The script of the html report: lays out the accounts as a table that can be filtered and sorted, and an account in full
   when it is opened. Everything it shows stands in the page's <noscript> elements already; it asks nothing of any server. */
'use strict';
(() => {
  const PAGE = 50, PRINTED = 200;
  const byId = id => document.getElementById(id);
  const SIGNS = {amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", '#96': '`'};
  const plain = html => html.replace(/&(amp|lt|gt|quot|#39|#96);/g, (all, name) => SIGNS[name]);
  const make = (tag, props, ...children) => {
    const element = Object.assign(document.createElement(tag), props);
    element.append(...children);
    return element;
  };
  const parse = html => {
    const t = document.createElement('template');
    t.innerHTML = html;
    return t.content;
  };

  /* ---- what the page holds ---- */
  const chunks = [], whys = new Map();
  const common = byId('findings').querySelector('noscript').textContent;
  for (const m of common.matchAll(/<(article|ul|table) id="n(\d+)" class="(\w+)"(?: data-rule="([^"]*)")?>[^]*?<\/\1>\n/g))
    chunks[m[2]] = {kind: m[3], rule: m[4] && plain(m[4]), html: m[0], tag: m[1]};
  for (const m of common.matchAll(/<section id="r-([^"]*)"><h3>.*?<\/h3>(.*)\n/g))
    whys.set(plain(m[1]), m[2]);

  const HEAD = /^<details id="a-([^"]*)" class="(\w)( m)?"><summary><b>(.*?)<\/b> <code>.*?<\/code> <span>(.*?)<\/span> <span>(.*?)<\/span> <small>(.*?)<\/small> <span>(.*?)<\/span><\/summary>/;
  const accounts = byId('source').textContent.split(/^(?=<details id="a-)/m).slice(1).map((html, order) => {
    const [, id, verdict, managing, word, name, path, routes, note] = HEAD.exec(html).map(s => s && plain(s));
    return {html, order, id, verdict, managing, word, name, path, routes, note, row: null};
  });

  const numbers = html => [...html.matchAll(/href="#n(\d+)"/g)].map(m => +m[1]);
  const linked = a => numbers(a.html).flatMap(n => chunks[n].tag === 'ul' ? numbers(chunks[n].html) : n);
  const rulesOf = a => a.rules || (a.rules = new Set(linked(a).map(n => chunks[n])
    .filter(c => c.rule && c.kind !== 'pass').map(c => c.rule)));
  const textOf = a => a.text || (a.text = plain(a.html.replace(/<p class="at">.*/, '').replace(/<[^>]*>/g, ' ')).toLowerCase());

  /* ---- an account in full ---- */
  const copyButtons = root => root.querySelectorAll('pre.c').forEach(pre => {
    const command = pre.textContent;
    const button = make('button', {type: 'button', textContent: 'Copy'});
    button.addEventListener('click', () => navigator.clipboard.writeText(command)
      .then(() => { button.textContent = 'Copied'; }, () => { getSelection().selectAllChildren(pre.firstChild); }));
    pre.append(button);
  });

  const placesOf = a => {
    const places = new Map(), m = /<p class="at">(.*?)<\/p>/.exec(a.html), words = m ? m[1].split(' ') : [];
    for (let i = 0; i < words.length; i += 2)
      places.set(+words[i], words[i + 1].split(',').map(p => ':' + p.replace(/:0$/, '')));
    return places;
  };

  /* A chunk as it is for one account. */
  const piece = (a, places, n) => {
    const element = parse(chunks[n].html).firstElementChild, own = places.get(n) || [];
    let next = 0;
    element.removeAttribute('id');
    element.querySelectorAll('var').forEach(v => v.replaceWith(v.className ? own[next++] : a.id));
    element.querySelectorAll('p.nr').forEach(p => p.remove());
    if (chunks[n].rule && chunks[n].kind !== 'pass') {
      const why = parse(whys.get(chunks[n].rule) || ''), rest = element.querySelector('dl');
      element.insertBefore(why, rest);
      const see = element.querySelector('.see');
      if (see)
        element.append(see);
    }
    return element;
  };

  const fold = (title, fill) => {
    const details = make('details', {className: 'fold'}, make('summary', {textContent: title}));
    details.addEventListener('toggle', () => { details.append(fill()); copyButtons(details); }, {once: true});
    return details;
  };

  const namesOf = n => numbers(chunks[n].html).map(k => chunks[k].rule).join(', ');

  const full = (a, printed) => {
    const places = placesOf(a), content = parse(a.html).firstElementChild;
    content.querySelector('summary').remove();
    content.querySelectorAll('.at').forEach(p => p.remove());
    content.querySelectorAll('.f > li').forEach(li => li.replaceChildren(piece(a, places, numbers(li.innerHTML)[0])));
    const more = content.querySelector('.more'), left = [];
    more.querySelectorAll('a').forEach(link => {
      const n = +link.hash.slice(2), kind = chunks[n].kind, title = link.textContent;
      if (kind === 'routes')
        content.prepend(piece(a, places, n));
      else if (kind === 'attested' && printed)
        left.push(piece(a, places, n));
      else if (kind === 'attested')
        left.push(fold(title, () => piece(a, places, n)));
      else if (printed)
        left.push(make('p', {}, make('b', {textContent: title}), ' ' + namesOf(n)));
      else
        left.push(fold(title, () => make('div', {}, ...numbers(chunks[n].html).map(k => piece(a, places, k)))));
    });
    more.replaceWith(...left, make('p', {className: 'hint', textContent: more.lastChild.textContent.replace(/^, /, '')}));
    return content.childNodes;
  };

  const detailRow = a => {
    const box = make('div', {id: 'd-' + a.id}, ...full(a, false));
    box.setAttribute('role', 'region');
    box.setAttribute('aria-label', 'Account ' + a.id);
    copyButtons(box);
    return make('tr', {className: 'detail'}, make('td', {colSpan: 6}, box));
  };

  /* ---- the table ---- */
  const columns = [['Verdict', 'order'], ['Account', 'id'], ['Name', 'name'], ['OU', 'path'], ['Routes'], ['In the way, or how long it holds']];
  const form = byId('filters'), list = byId('list'), status = byId('shown');
  const state = {sort: 'order', down: false};
  const body = make('tbody', {}), moreButton = make('button', {type: 'button', id: 'more'});
  const managing = accounts.some(a => a.managing);
  let found = accounts, shown = 0;

  const toggle = (a, open) => {
    const button = a.row.querySelector('button'), isOpen = button.getAttribute('aria-expanded') === 'true';
    if (open === isOpen)
      return;
    button.setAttribute('aria-expanded', String(open));
    if (open) {
      a.row.after(detailRow(a));
      button.setAttribute('aria-controls', 'd-' + a.id);
    } else {
      a.row.nextElementSibling.remove();
      button.removeAttribute('aria-controls');
    }
  };

  const rowOf = a => {
    const button = make('button', {type: 'button', className: 'id', textContent: a.id});
    button.setAttribute('aria-expanded', 'false');
    button.addEventListener('click', () => toggle(a, button.getAttribute('aria-expanded') !== 'true'));
    const head = make('th', {scope: 'row'}, button);
    const cell = text => make('td', {textContent: text});
    a.row = make('tr', {className: a.verdict}, make('td', {}, make('b', {textContent: a.word})), head, cell(a.name),
      cell(a.path), cell(a.routes), cell(a.note));
    return a.row;
  };

  const show = count => {
    body.append(...found.slice(shown, shown + count).map(rowOf));
    shown = Math.min(found.length, shown + count);
    moreButton.hidden = shown === found.length;
    moreButton.textContent = 'Show ' + Math.min(found.length - shown, PAGE * 4) + ' more of ' + (found.length - shown);
  };

  const chosen = () => [...form.elements.v].filter(box => box.checked).map(box => box.value);

  const refresh = () => {
    const words = byId('q').value.toLowerCase().split(/\s+/).filter(Boolean), verdicts = chosen().join('');
    const ou = byId('ou'), rule = byId('rule').value;
    found = accounts.filter(a => verdicts.includes(a.verdict) && (ou.selectedIndex < 1 || a.path === ou.value || a.path.startsWith(ou.value + '/')) &&
      (!rule || rulesOf(a).has(rule)) && words.every(w => textOf(a).includes(w)));
    const key = state.sort, sign = state.down ? -1 : 1;
    found.sort((x, y) => sign * (x[key] < y[key] ? -1 : x[key] > y[key] ? 1 : 0) || x.order - y.order);
    columns.forEach(([, k], i) => {
      const th = table.tHead.rows[0].cells[i];
      if (k === key)
        th.setAttribute('aria-sort', state.down ? 'descending' : 'ascending');
      else
        th.removeAttribute('aria-sort');
    });
    body.replaceChildren();
    shown = 0;
    show(PAGE);
    status.textContent = (found.length < accounts.length ? found.length + ' of ' : '') + accounts.length +
      (accounts.length === 1 ? ' account' : ' accounts') + (managing ? ', the management account included' : '');
  };

  const table = make('table', {className: 'acc'}, make('caption', {textContent: 'Choose an account to see what was found.'}),
    make('thead', {}, make('tr', {}, ...columns.map(([title, key]) => {
      const th = make('th', {scope: 'col'});
      if (!key) {
        th.textContent = title;
        return th;
      }
      const button = make('button', {type: 'button', textContent: title});
      button.addEventListener('click', () => {
        state.down = state.sort === key && !state.down;
        state.sort = key;
        refresh();
        keep();
      });
      th.append(button);
      return th;
    }))), body);

  /* ---- the view is kept in the address, so that it can be passed on ---- */
  const keep = () => {
    const now = new URLSearchParams(), verdicts = chosen().join('');
    if (byId('q').value) now.set('q', byId('q').value);
    if (verdicts !== 'nur') now.set('v', verdicts);
    if (byId('ou').selectedIndex > 0) now.set('ou', byId('ou').value);
    if (byId('rule').value) now.set('rule', byId('rule').value);
    if (state.sort !== 'order' || state.down) now.set('sort', (state.down ? '-' : '') + state.sort);
    try {
      history.replaceState(null, '', '#' + now);
    } catch (refused) { /* some viewers allow no history */ }
  };

  const open = id => {
    const a = accounts.find(one => one.id === id);
    if (!a)
      return;
    if (!found.includes(a)) {
      form.reset();
      refresh();
    }
    while (shown <= found.indexOf(a))
      show(PAGE * 4);
    toggle(a, true);
    a.row.querySelector('button').focus({preventScroll: true});
    a.row.scrollIntoView();
  };

  const restore = () => {
    const hash = location.hash.slice(1);
    if (hash.startsWith('a-')) {
      open(decodeURIComponent(hash.slice(2)));
    } else if (/^n\d+$/.test(hash)) {
      byId('findings').open = true;
      setTimeout(() => byId(hash) && byId(hash).scrollIntoView());
    } else if (hash.includes('=')) {
      const wanted = new URLSearchParams(hash), sort = wanted.get('sort') || 'order';
      byId('q').value = wanted.get('q') || '';
      for (const box of form.elements.v)
        box.checked = (wanted.get('v') || 'nur').includes(box.value);
      byId('ou').value = wanted.get('ou') || '';
      byId('rule').value = wanted.get('rule') || '';
      state.down = sort.startsWith('-');
      state.sort = columns.some(c => c[1] === sort.replace('-', '')) ? sort.replace('-', '') : 'order';
      refresh();
    }
  };

  /* ---- folds that are filled when they are opened ---- */
  const fill = details => {
    const inside = details.querySelector('noscript');
    if (inside) {
      inside.replaceWith(parse(inside.textContent));
      copyButtons(details);
    }
  };
  document.querySelectorAll('details.lazy').forEach(d => d.addEventListener('toggle', () => fill(d)));

  /* ---- paper: what the filters leave, unfolded ---- */
  const paper = make('div', {id: 'paper'});
  let unfolded = [];
  addEventListener('beforeprint', () => {
    refresh();
    show(found.length);
    const left = found.length > PRINTED ? 'Of more than ' + PRINTED + ' accounts the details are left out: filter before printing.' : '';
    paper.replaceChildren(...left ? [make('p', {textContent: left})] : found.map(a => make('section', {},
      make('h3', {className: a.verdict}, make('b', {textContent: a.word}), ' ' + [a.id, a.name, a.path].filter(Boolean).join('  ')),
      ...full(a, true))));
    unfolded = [...document.querySelectorAll('details:not([open])')].filter(d => d.id !== 'findings' && (d.id !== 'inputs' || !left));
    unfolded.forEach(d => { if (d.classList.contains('lazy')) fill(d); d.open = true; });
  });
  addEventListener('afterprint', () => {
    unfolded.forEach(d => { d.open = false; });
    paper.replaceChildren();
    refresh();
  });

  form.addEventListener('submit', event => event.preventDefault());
  form.addEventListener('input', () => { refresh(); keep(); });
  form.addEventListener('reset', () => setTimeout(() => { refresh(); keep(); }));
  moreButton.addEventListener('click', () => show(PAGE * 4));
  addEventListener('hashchange', restore);
  list.append(table, moreButton, paper);
  form.hidden = false;
  byId('waiting').remove();
  copyButtons(document);
  refresh();
  restore();
})();
