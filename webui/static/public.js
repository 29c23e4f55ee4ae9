// Public pages: leaving quickly by the button or three times Shift, and printing a receipt. All of it works without this file but the key.
(() => {
  'use strict';
  const PRESSES = 3, WITHIN = 5000;
  const box = document.querySelector('.leave');
  if (!box) return;
  const link = box.querySelector('[data-leave]'), dots = box.querySelector('.dots'), news = box.querySelector('[data-leave-news]');

  const leave = () => {
    document.documentElement.classList.add('leaving');  // nothing is to be seen while the next page loads
    document.title = '…';
    location.replace(link.href);
  };
  document.addEventListener('click', (event) => {
    if (event.target.closest('[data-leave]')) { event.preventDefault(); leave(); }
  });

  let presses = 0, timer = 0;
  const show = () => {
    dots.hidden = presses === 0;
    [...dots.children].forEach((dot, place) => dot.classList.toggle('on', place < presses));
    news.textContent = presses === 1 ? news.dataset.once : presses === 2 ? news.dataset.twice : '';
  };
  const forget = () => { presses = 0; show(); };
  document.addEventListener('keyup', (event) => {
    if (event.key !== 'Shift') { if (presses) forget(); return; }
    clearTimeout(timer);
    presses += 1;
    show();
    if (presses >= PRESSES) { leave(); return; }
    timer = setTimeout(forget, WITHIN);
  });
  // Back from the next site must not bring a filled-in form up again.
  addEventListener('pageshow', (event) => { if (event.persisted) location.reload(); });

  document.querySelectorAll('[data-print]').forEach((button) => {
    button.hidden = false;
    button.addEventListener('click', () => window.print());
  });
})();
