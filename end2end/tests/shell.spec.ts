// The frame around the pages: the menus, what a phone is offered, what is printed, transitions between pages.
import type { Locator, Page } from '@playwright/test';
import { withAndWithoutScript } from '../fixtures/variants';
import { newPerson } from '../fixtures/person';
import { waitForHydration } from '../fixtures/slider';
import { expect, test } from '../fixtures/test';
import { say, words } from '../fixtures/words';

/** The height of a row with an icon above a word, and a little more. */
const row = 84;
const phone = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true };

function menu(page: Page, name: string): Locator {
  return page.getByRole('navigation', { name, exact: true });
}

/** Checks that a menu is in one row that is no wider than the page, with the current item in view. */
async function isOneRow(page: Page, name: string): Promise<void> {
  const nav = menu(page, name);
  const seen = await nav.evaluate((nav) => {
    const { left, right, height } = nav.getBoundingClientRect();
    const items = [...nav.querySelectorAll('a, button')].map((item) => item.getBoundingClientRect());
    const labels = [...nav.querySelectorAll('a, button')].map((item) => {
      const range = document.createRange();
      range.selectNodeContents(item.lastChild ?? item);
      return range.getBoundingClientRect();
    });
    const current = nav.querySelector('[aria-current]')?.getBoundingClientRect();
    return {
      height,
      tops: new Set(items.map((item) => Math.round(item.top))).size,
      gap: Math.min(...labels.slice(1).map((label, number) => label.left - (labels[number]?.right ?? 0))),
      isCurrentInSight: current ? current.left >= left && current.right <= right : undefined,
      sideways: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    };
  });
  expect(seen.tops).toBe(1);
  expect(seen.height).toBeLessThan(row * (parseFloat(await fontSize(page)) / 16));
  expect(seen.gap).toBeGreaterThanOrEqual(8);
  expect(seen.isCurrentInSight).toBe(true);
  expect(seen.sideways).toBeLessThanOrEqual(0);
}

async function fontSize(page: Page): Promise<string> {
  return page.evaluate(() => getComputedStyle(document.documentElement).fontSize);
}

for (const locale of ['en-GB', 'ru-RU']) {
  for (const javaScriptEnabled of [true, false]) {
    test.describe(`${locale}, ${javaScriptEnabled ? 'with' : 'without'} script`, () => {
      test.use({ locale, javaScriptEnabled });

      test('the menu of the account is one row on a phone, and all of it can be reached', async ({ page, shopper }) => {
        const { account } = shopper.words;
        await shopper.isSignedIn(newPerson());
        for (const width of [320, 360, 480]) {
          await page.setViewportSize({ width, height: 740 });
          for (const path of ['/account', '/account/activity', '/account/saved-passwords', '/account/settings']) {
            await page.goto(path);
            await shopper.isAt(path);
            await isOneRow(page, account.title);
          }
        }
        // By keyboard each item scrolls into view.
        await page.setViewportSize({ width: 320, height: 740 });
        const nav = menu(page, account.title);
        const items = [...(await nav.getByRole('link').all()), nav.getByRole('button')];
        for (const item of [...items, ...items.toReversed()]) {
          await item.focus();
          const [inner, outer] = [await item.boundingBox(), await nav.boundingBox()];
          expect(inner && outer && inner.x >= outer.x && inner.x + inner.width <= outer.x + outer.width).toBe(true);
        }
        await shopper.signOut();
      });

      test('letters of twice the size break nothing', async ({ page, shopper }) => {
        await shopper.isSignedIn(newPerson());
        await page.setViewportSize({ width: 360, height: 740 });
        for (const path of ['/account', '/account/profile', '/account/settings', '/account/activity']) {
          await page.goto(path);
          await shopper.isAt(path);
          await page.evaluate(() => (document.documentElement.style.fontSize = '200%'));
          await isOneRow(page, shopper.words.account.title);
        }
      });

      test('the menu of the console is one row on a phone', async ({ page, shopper }) => {
        const { console: desk } = shopper.words;
        await shopper.isStaff(newPerson(), 'admin');
        for (const width of [320, 360, 480]) {
          await page.setViewportSize({ width, height: 740 });
          for (const path of ['/operator', '/operator/numbers', '/operator/staff']) {
            await page.goto(path);
            await shopper.isAt(path);
            await isOneRow(page, desk.title);
          }
        }
      });
    });
  }
}

test('on a wide screen the menu stands beside the page', async ({ page, shopper }) => {
  await shopper.isSignedIn(newPerson());
  const [nav, heading] = [await menu(page, words.en.account.title).boundingBox(), await page.getByRole('heading', { level: 1 }).boundingBox()];
  expect((nav?.x ?? 0) + (nav?.width ?? 0)).toBeLessThan(heading?.x ?? 0);
  expect(nav?.height).toBeGreaterThan(3 * row);
});

test.describe('with a phone in the hand', () => {
  test.use(phone);

  withAndWithoutScript(() => {
    test('no code is offered to be scanned', async ({ page, shopper }) => {
      const { qr, recovery, sign_in } = shopper.words;
      const person = newPerson();
      await page.goto('/sign-in');
      await expect(shopper.button(sign_in.title)).toBeVisible();
      await expect(shopper.link(qr.title)).toHaveCount(0);
      for (const _ of [1, 2]) {
        await shopper.signIn(person, 'not the password');
        await expect(shopper.alert).toBeVisible();
      }
      await expect(shopper.alert.getByRole('link')).toHaveText([sign_in.offer_recovery]);
      await shopper.askForRecovery(person.login);
      await expect(page.getByRole('main')).not.toContainText(recovery.use_device, { useInnerText: true });

      // On the code's own page the phone is told where the code is used, and can show the short code to type elsewhere.
      await page.goto('/sign-in/qr');
      await expect(page.getByText(qr.on_phone)).toBeVisible();
      await expect(page.getByRole('img', { name: qr.picture })).toHaveCount(0);
      await expect(page.getByText(qr.step_scan)).toBeHidden();
      await expect(page.locator('.qr-short')).toBeVisible();
      await expect(shopper.link(qr.with_password)).toBeVisible();
    });
  });
});

withAndWithoutScript(() => {
  test('at a desk the code is offered, and codes can be typed', async ({ page, shopper }) => {
    const { qr } = shopper.words;
    await page.goto('/sign-in');
    await shopper.follow(qr.title);
    await shopper.isAt('/sign-in/qr');
    await expect(page.getByRole('img', { name: qr.picture })).toBeVisible();
    await expect(page.getByText(qr.on_phone)).toBeHidden();
    await shopper.isSignedIn(newPerson());
    await page.goto('/qr');
    await shopper.isAt('/qr', qr.type_title);
    await shopper.follow(qr.scan);
    await shopper.isAt('/qr/scan', qr.scan);
  });

  test('the hub says what to do about backup codes', async ({ page, shopper }) => {
    const { account, backup_codes: backupCodes } = shopper.words;
    const person = newPerson();
    await shopper.isSignedIn(person);
    const item = page.getByRole('listitem').filter({ hasText: account.codes_none });
    await expect(item).toBeVisible();
    await shopper.press(item.getByRole('link', { name: backupCodes.make, exact: true }));
    await shopper.prove(person.password);
    await shopper.isAt('/account/settings/codes', backupCodes.title);
    await shopper.press(backupCodes.make);
    await shopper.isAt('/account/settings/codes', backupCodes.fresh_title);
    await page.goto('/account');
    await expect(page.getByRole('main')).not.toContainText(account.codes_none);
    await expect(shopper.link(backupCodes.replace)).toHaveAttribute('href', '/account/settings/codes');
  });

  test('backup codes can be printed from the page', async ({ page, shopper }) => {
    const { backup_codes: backupCodes } = shopper.words;
    // Replaces what would open a dialog of the browser.
    await page.addInitScript(() => Object.assign(window, { print: () => Object.assign(window, { printed: true }) }));
    const person = newPerson();
    await shopper.isSignedIn(person);
    await page.goto('/account/settings/codes');
    await shopper.prove(person.password);
    await shopper.press(backupCodes.make);
    await shopper.isAt('/account/settings/codes', backupCodes.fresh_title);
    const print = shopper.button(backupCodes.print_all);
    if (!shopper.script) {
      await expect(print).toBeHidden();
      await expect(page.getByText(backupCodes.print)).toBeVisible();
      return;
    }
    await waitForHydration(page);
    await expect(page.getByText(backupCodes.print)).toBeHidden();
    await shopper.press(print);
    expect(await page.evaluate(() => 'printed' in window)).toBe(true);
  });

  test('on paper are the shop, whose codes they are, and the codes', async ({ page, shopper }) => {
    const { backup_codes: backupCodes } = shopper.words;
    const person = newPerson();
    await shopper.isSignedIn(person);
    await page.goto('/account/settings/codes');
    await shopper.prove(person.password);
    await shopper.press(backupCodes.make);
    await shopper.isAt('/account/settings/codes', backupCodes.fresh_title);
    const codes = await page.getByRole('main').getByRole('listitem').locator('code').allTextContents();
    await page.emulateMedia({ media: 'print' });
    const paper = (await page.locator('body').innerText()).split('\n').map((line) => line.trim()).filter(Boolean);
    const whose = say(backupCodes.on_paper, { login: `${person.login[0]}•••`, day: '' }).trim();
    expect(paper[0]).toBe('The shop');
    expect(paper[1]).toContain(whose);
    expect(paper[1]).toMatch(/\d{4}/);
    expect(paper.slice(2)).toEqual(codes);
  });
});

test.describe('in forced colours', () => {
  test.use({ contextOptions: { reducedMotion: 'reduce', forcedColors: 'active' } });

  /** Returns the width of the line that the browser draws around an element. */
  const line = (element: Locator, property: 'outline-width' | 'border-top-width') =>
    element.evaluate((element, property) => {
      const style = getComputedStyle(element);
      const isDrawn = property === 'outline-width' ? style.outlineStyle !== 'none' : true;
      return isDrawn ? parseFloat(style.getPropertyValue(property)) : 0;
    }, property);

  test('what is current, chosen and focused is drawn with lines', async ({ page, shopper }) => {
    const { profile, devices, account, sign_in } = shopper.words;
    await page.goto('/sign-in');
    await expect(page.getByLabel(sign_in.remember)).toHaveCSS('appearance', 'auto');
    await shopper.isSignedIn(newPerson());
    await page.goto('/account/devices');
    expect(await line(shopper.side(devices.title), 'outline-width')).toBeGreaterThanOrEqual(2);
    expect(await line(shopper.side(profile.title), 'outline-width')).toBe(0);
    // The focus differs from that.
    await shopper.side(account.title).focus();
    await page.keyboard.press('Tab');
    await expect(shopper.side(profile.title)).toBeFocused();
    expect(await line(shopper.side(profile.title), 'outline-width')).toBeGreaterThanOrEqual(3);
    await page.keyboard.press('Tab');
    await expect(shopper.side(devices.title)).toBeFocused();
    expect(await line(shopper.side(devices.title), 'outline-width')).toBeGreaterThanOrEqual(4);
    // A refused field has a thicker line than another one.
    await shopper.startAfresh();
    await page.goto('/recover');
    await waitForHydration(page);
    const login = shopper.field(shopper.words.fields.identifier);
    const before = await line(login, 'border-top-width');
    await login.press('Enter');
    await expect(login).toHaveAttribute('aria-invalid', 'true');
    expect(await line(login, 'border-top-width')).toBeGreaterThan(before);
  });
});

test.describe('from page to page', () => {
  for (const reducedMotion of ['no-preference', 'reduce'] as const) {
    test.describe(reducedMotion, () => {
      test.use({ contextOptions: { reducedMotion } });

      test(`what was there ${reducedMotion === 'reduce' ? 'is replaced at once' : 'fades'}`, async ({ page, shopper }) => {
        await page.addInitScript(() =>
          window.addEventListener('pagereveal', (event) =>
            Object.assign(window, { faded: Boolean((event as Event & { viewTransition?: unknown }).viewTransition) }),
          ),
        );
        await page.goto('/sign-in');
        await shopper.follow(words.en.sign_in.forgot);
        await shopper.isAt('/recover');
        await expect.poll(() => page.evaluate(() => (window as Window & { faded?: boolean }).faded)).toBe(reducedMotion !== 'reduce');
      });
    });
  }
});
