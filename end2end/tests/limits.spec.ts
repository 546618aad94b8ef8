import { newPerson } from '../fixtures/person';
import { expect, test } from '../fixtures/test';
import { beginning, words } from '../fixtures/words';

test.use({ settings: { LATCHKEY_LIMITS: 'on' } });

test.describe('many from one network without script', () => {
  test.use({ javaScriptEnabled: false });

  test('wait on a screen that goes on by itself', async ({ page, shopper, server, smtp }) => {
    const { human, recovery } = words.en;
    const person = newPerson();
    await server.makeAccount(person);
    for (let number = 1; number <= 10; number += 1) {
      const answer = await page.request.post('/api/recover', {
        headers: { accept: 'text/html', origin: server.origin },
        form: { login: `somebody${number}` },
        maxRedirects: 0,
      });
      expect(answer.headers().location).toBe('/recover/method');
    }
    await shopper.startAfresh();
    // None of the ten had to wait; the eleventh has to.
    await page.goto('/recover');
    await shopper.field('Login or e-mail').fill(person.login);
    await shopper.press(recovery.go_on);
    await shopper.isAt('/recover/method', human.waiting);
    await expect(page.getByRole('main')).toContainText(/goes on by itself in (1\d|20) seconds/);
    // Waiting cannot be skipped by posting.
    const skip = await page.request.post('/api/recover_email', { headers: { accept: 'application/json', origin: server.origin } });
    expect(skip.ok()).toBe(false);
    expect(smtp.kindsTo(person.email)).toEqual([]);

    await expect(page.getByRole('heading', { level: 1, name: recovery.method_title })).toBeVisible({ timeout: 30_000 });
    await shopper.askForCode();
    await shopper.confirm(await shopper.recoveryCode(person));
    await shopper.isAt('/recover/password');
  });
});

test('the sixth wrong password in a row has to wait, from a browser that is not known', async ({ page, shopper, another, server }) => {
  const person = newPerson();
  const owner = await another();
  await owner.isSignedIn(person);
  await owner.signOut();

  for (let failure = 1; failure <= 5; failure += 1) {
    await shopper.signIn(person, 'not the password');
    await expect(shopper.alert).toContainText(words.en.errors.bad_credentials);
  }
  // The right password has to wait as well.
  await shopper.signIn(person);
  await expect(shopper.alert).toContainText(/Please try again in (2\d|30) seconds/);
  await expect(shopper.link(words.en.sign_in.offer_recovery)).toBeVisible();
  await page.goto('/account');
  await shopper.isAt('/sign-in');

  // A user is never locked out of a browser that they used before.
  await owner.signIn(person);
  await owner.isAt('/account');
});

test.describe('without a wait between two letters', () => {
  test.use({ settings: { LATCHKEY_LIMITS: 'on', LATCHKEY_CODE_RESEND_SECONDS: '0' } });

  test('the fifth letter of an hour is the last, and holds a long code for any browser', async ({ shopper, another, server, smtp }) => {
    const person = newPerson();
    await server.makeAccount(person);
    await shopper.askForRecovery(person.login);
    await shopper.askForCode();
    const codes = [await shopper.recoveryCode(person)];
    for (let message = 2; message <= 5; message += 1) {
      await shopper.press(words.en.code.get_code);
      codes.push(await shopper.recoveryCode(person));
    }
    for (const code of codes.slice(0, -1)) expect(code).toMatch(/^\d{6}$/);
    const long = codes.at(-1) ?? '';
    expect(long).toMatch(/^[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}$/);

    const elsewhere = await another();
    await elsewhere.askForRecovery(person.login);
    await elsewhere.press(words.en.recovery.email_a_code);
    await elsewhere.isAt('/recover/code');
    await expect(elsewhere.alert).toContainText(beginning(words.en.errors.too_many_letters));
    await elsewhere.confirm(long.toLowerCase().replaceAll('-', ' '));
    await elsewhere.isAt('/recover/password');
    expect(smtp.kindsTo(person.email)).toHaveLength(5);
  });
});
