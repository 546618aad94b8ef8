import { newPerson } from '../fixtures/person';
import { waitForHydration } from '../fixtures/slider';
import { expect, test } from '../fixtures/test';
import { count, words } from '../fixtures/words';

const { code, errors } = words.en;

/** Returns another code than this one. */
function wrong(right: string): string {
  return right === '000000' ? '000001' : '000000';
}

test.describe('"Get code" after three seconds', () => {
  test.use({ settings: { LATCHKEY_LIMITS: 'on', LATCHKEY_CODE_RESEND_SECONDS: '3' } });

  test('waits while the seconds are counted down beside it, then sends a new code', async ({ page, shopper, server, smtp }) => {
    const person = newPerson();
    await server.makeAccount(person);
    await shopper.askForRecovery(person.login);
    await shopper.askForCode();
    const get_code = shopper.button(code.get_code);
    const digits = page.getByText(/^0:0[1-3]$/);

    await expect(get_code).toBeDisabled();
    await expect(digits).toBeVisible();
    await expect(get_code).toHaveText(code.get_code);
    await expect(get_code).toBeEnabled();
    await expect(digits).toBeHidden();
    // It is announced to screen readers, and the focus does not move.
    await expect(page.getByRole('status').filter({ hasText: code.countdown_over })).toBeAttached();
    await expect(shopper.field(words.en.fields.code)).toBeFocused();

    const first = await shopper.recoveryCode(person);
    expect(smtp.kindsTo(person.email)).toEqual(['recovery-code']);
    await shopper.press(get_code);
    await expect(page.getByText(code.sent_again)).toBeVisible();
    const second = await shopper.recoveryCode(person);
    expect(second).not.toBe(first);
    await expect(get_code).toBeDisabled();

    // The old code leads to a hint at the newest email, and costs no try.
    await shopper.confirm(first);
    await expect(shopper.alert).toContainText(errors.code_replaced);
    await expect(shopper.alert).toContainText(code.newest_letter);
    await expect(shopper.field(words.en.fields.code)).toHaveAccessibleDescription(new RegExp(errors.code_replaced));
    for (const left of [4, 3, 2, 1]) {
      await shopper.confirm(wrong(second));
      await expect(shopper.alert).toContainText(count('en', errors.code_wrong, left));
    }
    await shopper.confirm(wrong(second));
    await expect(shopper.alert).toContainText(errors.code_exhausted);
    // The sixth try, though the code is right.
    await shopper.confirm(second);
    await expect(shopper.alert).toContainText(errors.code_exhausted);

    await expect(get_code).toBeEnabled();
    await shopper.press(get_code);
    await shopper.confirm(await shopper.recoveryCode(person));
    await shopper.isAt('/recover/password');
  });

  test('the countdown goes on where it was after the screen is loaded again', async ({ page, shopper }) => {
    await shopper.askForRecovery('somebody');
    await shopper.askForCode();
    await page.reload();
    await waitForHydration(page);
    await expect(shopper.button(code.get_code)).toBeDisabled();
    await expect(shopper.button(code.get_code)).toBeEnabled();
  });
});

test.describe('"Get code" without script', () => {
  test.use({ settings: { LATCHKEY_LIMITS: 'on' }, javaScriptEnabled: false });

  test('is refused by the server before the minute is over', async ({ page, shopper, server, smtp }) => {
    const person = newPerson();
    await server.makeAccount(person);
    await shopper.askForRecovery(person.login);
    await shopper.askForCode();
    await smtp.emailTo(person.email, 'recovery-code');
    // The painted text: Playwright's own text search ignores <noscript>.
    expect(await page.getByRole('main').innerText()).toMatch(/You can get a new code in (5\d|60) seconds/);
    await shopper.press(code.get_code);
    await expect(shopper.alert).toContainText(/You can get the next one in (5\d|60) seconds/);
    expect(smtp.kindsTo(person.email)).toEqual(['recovery-code']);
  });
});

test('what cannot be a code is said to be none and costs no try', async ({ shopper, server }) => {
  const person = newPerson();
  await server.makeAccount(person);
  await shopper.askForRecovery(person.login);
  await shopper.askForCode();
  for (let time = 0; time < 6; time += 1) {
    await shopper.confirm('12345');
    await expect(shopper.alert).toContainText(errors.code_malformed);
  }
  await shopper.confirm(await shopper.recoveryCode(person));
  await shopper.isAt('/recover/password');
});

test('a code works in the browser that asked for it, and in no other', async ({ shopper, another, server }) => {
  const person = newPerson();
  await server.makeAccount(person);
  await shopper.askForRecovery(person.login);
  await shopper.askForCode();
  const mine = await shopper.recoveryCode(person);

  const thief = await another();
  await thief.askForRecovery(person.login);
  await thief.askForCode();
  await thief.confirm(mine);
  await expect(thief.alert).toContainText(count('en', errors.code_wrong, 4));
  await thief.page.goto('/recover/password');
  await thief.isAt('/recover/method');

  // Nor did the thief spoil the code for its owner.
  await shopper.confirm(mine);
  await shopper.isAt('/recover/password');
});

test('a code works once', async ({ page, shopper, server, request }) => {
  const person = newPerson();
  await server.makeAccount(person);
  await shopper.askForRecovery(person.login);
  await shopper.askForCode();
  const right = await shopper.recoveryCode(person);
  const before = (await page.context().cookies()).find((cookie) => cookie.name === 'flow')!;
  await shopper.confirm(right);
  await shopper.isAt('/recover/password');
  const replay = await request.post(`${server.origin}/api/recover_code`, {
    headers: { accept: 'application/json', origin: server.origin, cookie: `flow=${before.value}` },
    form: { code: right },
  });
  expect(replay.ok()).toBe(false);
});

test('an unknown name sees the same screens as a known one', async ({ page, shopper, server, smtp }) => {
  const [known, unknown] = [newPerson(), newPerson()];
  await server.makeAccount(known);
  const seen: string[][] = [];
  for (const person of [known, unknown]) {
    const screens: string[] = [];
    const see = async () => screens.push(await shopper.textBut(person.email, person.login));
    await shopper.askForRecovery(person.email);
    await see();
    await shopper.askForCode();
    await see();
    await shopper.confirm('000000');
    await expect(shopper.alert).toBeVisible();
    await see();
    seen.push(screens);
    await shopper.startAfresh();
  }
  expect(seen[0]).toEqual(seen[1]);
  await smtp.emailTo(known.email, 'recovery-code');
  await smtp.emailTo(unknown.email, 'unknown-address');
});

test('registering with a taken address looks the same, and its owner gets another letter', async ({ shopper, server, smtp }) => {
  const owner = newPerson();
  await server.makeAccount(owner);
  await shopper.startRegistration({ ...newPerson(), email: owner.email });
  const message = await smtp.emailTo(owner.email, 'address-in-use');
  expect(message.account).toBe(owner.login);
  await shopper.confirm('123456');
  await expect(shopper.alert).toContainText(count('en', errors.code_wrong, 4));
});
