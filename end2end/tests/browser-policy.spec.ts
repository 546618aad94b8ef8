// The policy in every answer, and what the browser does with it. (Every test checks that no page breaks its own policy,
// sends a request elsewhere or stores anything: fixtures/watch.ts.)
import { newPerson } from '../fixtures/person';
import { waitForHydration } from '../fixtures/slider';
import { expect, test } from '../fixtures/test';
import { say } from '../fixtures/words';

const open = ['/sign-in', '/register', '/recover', '/recover/login', '/help/saved-passwords'];
const personal = [
  '/account',
  '/account/profile',
  '/account/profile/password',
  '/account/devices',
  '/account/activity',
  '/account/saved-passwords',
  '/account/confirm',
  '/account/settings',
  '/account/settings/password',
  '/account/settings/email',
  '/account/settings/login',
  '/account/settings/letters',
  '/account/settings/export',
  '/account/settings/delete',
];

test('every screen has its headers, and no screen may be kept or framed', async ({ page, shopper }) => {
  const person = newPerson();
  await shopper.isSignedIn(person);
  const answers = [];
  for (const path of personal) {
    answers.push(await page.goto(path));
    if (path === '/account/confirm') await shopper.prove(person.password);
    else await shopper.isAt(path);
  }
  await shopper.signOut();
  for (const path of open) answers.push(await page.goto(path));
  for (const answer of answers) {
    const headers = answer!.headers();
    const policy = headers['content-security-policy'] ?? '';
    expect(answer!.status()).toBe(200);
    expect(headers['cache-control']).toBe('no-store');
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['referrer-policy']).toBe('same-origin');
    expect(headers['cross-origin-opener-policy']).toBe('same-origin');
    for (const directive of ["default-src 'none'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"]) {
      expect(policy).toContain(directive);
    }
    expect(policy).toMatch(/script-src 'self' 'nonce-[\w-]{20,}'/);
    expect(policy).not.toMatch(/'unsafe-inline'|'unsafe-eval'|\*/);
  }
});

test('a nonce is never used twice', async ({ page }) => {
  const nonce = async () => /'nonce-([\w-]+)'/.exec((await page.goto('/sign-in'))!.headers()['content-security-policy'] ?? '')?.[1];
  expect(await nonce()).not.toBe(await nonce());
});

test.describe('an attacker\'s script', () => {
  test.use({ complaints: [/Content Security Policy/] });

  test('that found its way into a screen does not run', async ({ page }) => {
    await page.goto('/sign-in');
    await waitForHydration(page);
    const ran = await page.evaluate(async () => {
      const refused = new Promise((done) => document.addEventListener('securitypolicyviolation', done));
      document.body.append(Object.assign(document.createElement('script'), { textContent: 'window.evil = true' }));
      document.body.setAttribute('onclick', 'window.evil = true');
      document.body.click();
      if (!('evil' in window)) await refused;
      return 'evil' in window;
    });
    expect(ran).toBe(false);
  });
});

test('no cookie can be read by script, and none is sent along by other sites\' posts', async ({ page, shopper }) => {
  await shopper.isSignedIn(newPerson());
  await shopper.askForRecovery('somebody');
  await shopper.press('Русский');
  await expect(page.locator('html')).toHaveAttribute('lang', 'ru');
  const cookies = await page.context().cookies();
  expect(cookies.map((cookie) => cookie.name)).toEqual(expect.arrayContaining(['session', 'device', 'browser', 'lang']));
  for (const cookie of cookies) expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Lax', path: '/' });
  expect(await page.evaluate(() => document.cookie)).toBe('');
});

test('what somebody calls himself is shown as text', async ({ page, shopper }) => {
  const { account, password, profile } = shopper.words;
  const evil = '"><img src=x onerror=alert(1)><b>bold';
  page.on('dialog', () => expect(page.url(), 'script ran').toBe(''));
  await shopper.isSignedIn(newPerson());
  await page.goto('/account/profile');
  await shopper.field(profile.display_name).fill(evil);
  await shopper.press(password.save);
  await expect(shopper.notice(profile.saved)).toBeVisible();
  await expect(shopper.field(profile.display_name)).toHaveValue(evil);
  await page.goto('/account');
  await shopper.isAt('/account', say(account.hello, { name: evil }));
  await expect(page.getByRole('main').locator('img')).toHaveCount(0);
});

test('what is typed as a login is shown as text', async ({ page, shopper }) => {
  const evil = '"><img src=x onerror=alert(1)><b>bold';
  page.on('dialog', () => expect(page.url(), 'script ran').toBe(''));
  await page.goto('/sign-in');
  await shopper.field('Login or e-mail').fill(evil);
  await shopper.field('Password').fill('x');
  await shopper.press('Sign in');
  await expect(shopper.alert).toBeVisible();
  await expect(shopper.field('Login or e-mail')).toHaveValue(evil);
  await shopper.askForRecovery(evil);
  await expect(page.getByRole('main')).toContainText(evil);
  await expect(page.getByRole('main').locator('img, b')).toHaveCount(0);
});

test.describe('a forged post', () => {
  test.use({ complaints: [/status of 403/] });

  test('a post that comes from the shop is refused, as from any other site', async ({ page, shop, server }) => {
    const person = newPerson();
    await server.makeAccount(person);
    await page.goto(shop.address);
    await page.evaluate(
      ([action, login, password]) => {
        const form = Object.assign(document.createElement('form'), { method: 'post', action });
        for (const [name, value] of Object.entries({ login: login!, password: password! })) {
          form.append(Object.assign(document.createElement('input'), { name, value }));
        }
        document.body.append(form);
        form.submit();
      },
      [`${server.origin}/api/sign_in`, person.login, person.password],
    );
    await expect(page.getByRole('heading', { name: 'That did not work' })).toBeVisible();
    expect((await page.context().cookies(server.origin)).map((cookie) => cookie.name)).not.toContain('session');
  });
});
