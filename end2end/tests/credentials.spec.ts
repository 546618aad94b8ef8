// What a user signs in with: another e-mail address, another login, a good password; and the fresh proof that comes
// before a change. More about that proof is in reauthentication.spec.ts.
import { withAndWithoutScript } from '../fixtures/variants';
import { newPassword, newPerson } from '../fixtures/person';
import { codeOf, linkOf } from '../fixtures/smtp';
import { expect, test } from '../fixtures/test';
import { beginning, count, say } from '../fixtures/words';

/** The pages that require reauthentication. */
const guarded = ['/account/settings/email', '/account/settings/login', '/account/settings/codes', '/account/settings/export', '/account/settings/delete'];

withAndWithoutScript(() => {
  test('a fresh proof comes before what a stolen session must not do: the password', async ({ page, shopper, another }) => {
    const { confirm, email, errors, fields } = shopper.words;
    const person = newPerson();
    await shopper.isSignedIn(person);
    for (const path of guarded) {
      await page.goto(path);
      await expect(page).toHaveURL(`/account/confirm?next=${encodeURIComponent(path)}`);
      await shopper.isAt('/account/confirm', confirm.title);
    }
    await page.goto('/account/settings/email');
    await shopper.prove('not the password');
    await expect(shopper.alert).toContainText(errors.password_wrong);
    await expect(shopper.field(fields.password)).toHaveAttribute('aria-invalid', 'true');
    await expect(shopper.field(fields.password)).toHaveValue('');
    await shopper.prove(person.password);
    await shopper.isAt('/account/settings/email', email.title);
    // Once is enough for a while, in this browser …
    for (const path of guarded) {
      await page.goto(path);
      await shopper.isAt(path);
    }
    // … and in no other.
    const elsewhere = await another();
    await elsewhere.signIn(person);
    await elsewhere.isAt('/account');
    await elsewhere.page.goto('/account/settings/email');
    await elsewhere.isAt('/account/confirm');
  });

  test('a fresh proof comes before what a stolen session must not do: a mailed code', async ({ page, shopper, smtp }) => {
    const { code, confirm, errors, login_name, recovery } = shopper.words;
    const person = newPerson();
    await shopper.isSignedIn(person);
    await page.goto('/account/settings/login');
    await shopper.isAt('/account/confirm', confirm.title);
    await shopper.press(recovery.email_a_code);
    await shopper.isAt('/account/confirm', code.title);
    const message = await smtp.emailTo(person.email, 'recovery-code');
    expect(message.text).toContain(say(shopper.words.emails.own_code.intro_confirm, { login: person.login }));
    await shopper.confirm(codeOf(message) === '000000' ? '000001' : '000000');
    await expect(shopper.alert).toContainText(count(shopper.language, errors.code_wrong, 4));
    // The password remains as another method.
    await shopper.follow(code.other_ways);
    await shopper.isAt('/account/confirm', confirm.title);
    await page.goBack();
    await shopper.isAt('/account/confirm', code.title);
    await shopper.confirm(codeOf(message));
    await shopper.isAt('/account/settings/login', login_name.title);
  });

  test('another e-mail address', async ({ page, shopper, smtp }) => {
    const { account, code, email, errors, recovery, settings } = shopper.words;
    const person = newPerson();
    const now = newPerson().email;
    await shopper.isSignedIn(person);
    await shopper.follow(shopper.side(settings.title));
    await shopper.follow(email.title);
    await shopper.prove(person.password);
    await shopper.isAt('/account/settings/email', email.title);
    await expect(page.getByRole('main')).toContainText(say(email.now, { address: person.email }));

    for (const [typed, why] of [['anna@mail', errors.email_malformed], [person.email, errors.email_same]] as const) {
      await shopper.field(email.new_address).fill(typed);
      await shopper.press(recovery.go_on);
      await expect(shopper.alert).toContainText(why);
      await expect(shopper.field(email.new_address)).toHaveAccessibleDescription(new RegExp(why));
      await expect(shopper.field(email.new_address)).toHaveValue(typed);
    }
    await shopper.field(email.new_address).fill(now);
    await shopper.press(recovery.go_on);
    await shopper.isAt('/account/settings/email/code', code.title);
    await expect(page.getByRole('main')).toContainText(say(shopper.words.register.sent_to, { address: now }));

    // The old address is informed before the change.
    const changing = await smtp.emailTo(person.email, 'address-changing');
    expect(changing.text).toContain(now);
    linkOf(changing);
    await shopper.confirm(codeOf(await smtp.emailTo(now, 'confirm-address')));
    await shopper.isAt('/account/settings', settings.title);
    await expect(shopper.notice(email.changed)).toBeVisible();
    await expect(page.getByRole('main')).toContainText(now);

    linkOf(await smtp.emailTo(person.email, 'address-changed'));
    const arrived = await smtp.emailTo(now, 'address-changed');
    expect(arrived.account).toBe(person.login);
    expect(() => linkOf(arrived)).toThrow();
    await page.goto('/account');
    await expect(page.getByRole('main')).toContainText(beginning(say(account.address_new, { address: now })));

    // From now on the new address signs in, and the old one does not.
    await shopper.signOut();
    await shopper.signIn({ ...person, login: person.email });
    await expect(shopper.alert).toContainText(errors.bad_credentials);
    await shopper.signIn({ ...person, login: now });
    await shopper.isAt('/account');
  });

  test('an address that is somebody else\'s shows the same screens', async ({ page, shopper, server, smtp }) => {
    const { errors } = shopper.words;
    const [person, owner] = [newPerson(), newPerson()];
    const free = newPerson().email;
    await server.makeAccount(owner);
    await shopper.isSignedIn(person);
    const seen: string[] = [];
    await shopper.askForEmail(person, free);
    for (const address of [free, owner.email]) {
      if (address === owner.email) {
        await shopper.follow(shopper.words.code.change);
        await shopper.isAt('/account/settings/email');
        await shopper.field(shopper.words.email.new_address).fill(address);
        await shopper.press(shopper.words.recovery.go_on);
        await shopper.isAt('/account/settings/email/code');
      }
      seen.push(await shopper.textBut(address));
      await shopper.confirm('000000');
      await expect(shopper.alert).toContainText(count(shopper.language, errors.code_wrong, 4));
      seen.push(await shopper.textBut(address));
      expect((await smtp.emailTo(person.email, 'address-changing')).text).toContain(address);
    }
    expect(seen.slice(2)).toEqual(seen.slice(0, 2));
    await smtp.emailTo(free, 'confirm-address');
    expect((await smtp.emailTo(owner.email, 'address-in-use')).account).toBe(owner.login);
  });

  test('another login', async ({ page, shopper, another, server, smtp }) => {
    const { account, errors, fields, login_name, password, register, settings } = shopper.words;
    const [person, owner, renamed] = [newPerson(), newPerson(), newPerson().login];
    await server.makeAccount(owner);
    await shopper.isSignedIn(person);
    await shopper.follow(shopper.side(settings.title));
    await shopper.follow(login_name.title);
    await shopper.prove(person.password);
    await shopper.isAt('/account/settings/login', login_name.title);
    await expect(page.getByRole('main')).toContainText(say(login_name.now, { login: person.login }));
    const second = await shopper.newTab();
    await second.page.goto('/account/settings/login');

    for (const [typed, why] of [[owner.login, errors.login_taken], [person.login, errors.login_same], ['a b', errors.login_characters]] as const) {
      await shopper.field(login_name.new).fill(typed);
      await shopper.press(password.save);
      await expect(shopper.alert).toContainText(why);
      await expect(shopper.field(login_name.new)).toHaveAccessibleDescription(new RegExp(why));
      await expect(shopper.field(login_name.new)).toHaveValue(typed);
    }
    await shopper.field(login_name.new).fill(renamed);
    await shopper.press(password.save);
    await shopper.isAt('/account/settings', settings.title);
    await expect(shopper.notice(login_name.changed)).toBeVisible();
    const message = await smtp.emailTo(person.email, 'login-changed');
    expect(message.account).toBe(renamed);
    expect(message.text).toContain(say(shopper.words.emails.login_changed.intro, { new: renamed, old: person.login }));

    // A second change has to wait: on the page, and in a tab that was open before.
    await shopper.follow(login_name.title);
    await shopper.isAt('/account/settings/login', login_name.title);
    await expect(page.getByRole('main')).toContainText(beginning(login_name.wait));
    await expect(shopper.field(login_name.new)).toHaveCount(0);
    await second.field(login_name.new).fill(newPerson().login);
    await second.press(password.save);
    await expect(second.alert).toContainText(beginning(errors.login_too_soon));

    // Both names sign in …
    for (const login of [renamed, person.login]) {
      await page.goto('/account');
      await shopper.isAt('/account', say(account.hello, { name: renamed }));
      await shopper.signOut();
      await shopper.signIn({ ...person, login });
      await shopper.isAt('/account');
    }
    // … and another user cannot take the old one.
    const stranger = await another();
    await stranger.page.goto('/register');
    await stranger.field(fields.login).fill(person.login);
    await stranger.field(fields.email).fill(newPerson().email);
    await stranger.field(fields.password).fill(newPassword());
    await stranger.slide();
    await stranger.press(register.submit);
    await expect(stranger.alert).toContainText(errors.login_taken);
  });
});

test('how good a password is, is said while it is typed', async ({ page, shopper }) => {
  const { errors, fields, password_help } = shopper.words;
  const strong = newPassword();
  const asked: { method: string; url: string; body: string }[] = [];
  page.on('request', (request) => asked.push({ method: request.method(), url: request.url(), body: request.postData() ?? '' }));
  const typed = async (field: string, password: string, verdict: string) => {
    await shopper.field(field).fill('');
    await shopper.field(field).pressSequentially(password);
    await expect(shopper.notice(verdict)).toBeVisible();
  };

  const person = newPerson();
  await page.goto('/register');
  await shopper.waitForHydration();
  await shopper.field(fields.login).fill(person.login);
  await shopper.field(fields.email).fill(person.email);
  await typed(fields.password, 'short', count('en', password_help.too_short, 10));
  await typed(fields.password, 'qwertyuiop', errors.password_common);
  await typed(fields.password, `${person.login}1`, errors.password_personal);
  await typed(fields.password, 'monkeymonkey12', `${password_help.weak} ${password_help.repeats}`);
  await typed(fields.password, strong, password_help.strong);
  // An empty field has no message.
  await shopper.field(fields.password).fill('');
  await expect(shopper.notice(password_help.strong)).toHaveCount(0);

  await shopper.isSignedIn(person);
  await page.goto('/account/profile/password');
  await shopper.waitForHydration();
  // The same rules, which now know the account.
  await typed(fields.new_password, `${person.login}1`, errors.password_personal);
  await typed(fields.new_password, strong, password_help.strong);

  const about = asked.filter((request) => request.body.includes('password='));
  expect(about.length).toBeGreaterThan(5);
  for (const { method, url } of about) expect([method, new URL(url).search]).toEqual(['POST', '']);
  for (const { url } of asked) expect(decodeURIComponent(url)).not.toContain(strong);
});
