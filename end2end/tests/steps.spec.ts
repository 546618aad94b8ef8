// The steps of DESIGN §1 that lead through the account, each as a user takes it.
import { onEveryDevice } from '../fixtures/variants';
import { newPassword, newPerson } from '../fixtures/person';
import { codeOf } from '../fixtures/smtp';
import { expect, test } from '../fixtures/test';
import { say } from '../fixtures/words';

onEveryDevice(() => {
  test('§1.1: change the password from the profile', async ({ page, shopper, another, smtp }) => {
    const { errors, fields, password: change, profile } = shopper.words;
    const person = newPerson();
    const password = newPassword();
    const elsewhere = await another();
    await shopper.isSignedIn(person);
    await elsewhere.signIn(person);
    await elsewhere.isAt('/account');

    // My account → Profile → Change password.
    await shopper.follow(shopper.side(profile.title));
    await shopper.isAt('/account/profile', profile.title);
    await shopper.follow(change.title);
    await shopper.isAt('/account/profile/password', change.title);
    await shopper.waitForHydration();

    // First the old password, then the new one.
    await shopper.field(fields.old_password).fill(person.password);
    await shopper.typeNewPassword(password);
    await shopper.press(change.save);
    await shopper.isAt('/account/profile/password', change.title);
    await expect(shopper.notice(change.changed)).toBeVisible();
    expect((await smtp.emailTo(person.email, 'password-changed')).account).toBe(person.login);

    // Still signed in here, signed out everywhere else.
    await page.goto('/account');
    await shopper.isAt('/account');
    await elsewhere.page.goto('/account');
    await expect(elsewhere.page).toHaveURL('/sign-in?next=%2Faccount');

    // The old password no longer works; the new one does.
    await shopper.signOut();
    await shopper.signIn(person);
    await expect(shopper.alert).toContainText(errors.bad_credentials);
    await shopper.signIn(person, password);
    await shopper.isAt('/account');
  });

  test('§1.2: change the password from the settings', async ({ page, shopper, another, smtp }) => {
    const { code, errors, password: change, recovery, settings } = shopper.words;
    const person = newPerson();
    const password = newPassword();
    const elsewhere = await another();
    await shopper.isSignedIn(person);
    await elsewhere.signIn(person);
    await elsewhere.isAt('/account');

    // My account → Settings → Change password.
    await shopper.follow(shopper.side(settings.title));
    await shopper.isAt('/account/settings', settings.title);
    await shopper.follow(change.title);
    await shopper.isAt('/account/settings/password', change.by_code_title);

    // A mailed code instead of the old password.
    await shopper.press(recovery.email_a_code);
    await shopper.isAt('/account/settings/password/code', code.title);
    const message = await smtp.emailTo(person.email, 'recovery-code');
    expect(message.account).toBe(person.login);
    await shopper.confirm(codeOf(message));

    // Then the new password twice.
    await shopper.isAt('/account/settings/password/new', recovery.password_title);
    await shopper.waitForHydration();
    await shopper.typeNewPassword(password);
    await shopper.press(recovery.update_password);
    await shopper.isAt('/account/settings', settings.title);
    await expect(shopper.notice(change.changed)).toBeVisible();
    expect((await smtp.emailTo(person.email, 'password-changed')).account).toBe(person.login);

    // Still signed in here, signed out everywhere else.
    await page.goto('/account');
    await shopper.isAt('/account');
    await elsewhere.page.goto('/account');
    await expect(elsewhere.page).toHaveURL('/sign-in?next=%2Faccount');

    // The old password no longer works; the new one does.
    await shopper.signOut();
    await shopper.signIn(person);
    await expect(shopper.alert).toContainText(errors.bad_credentials);
    await shopper.signIn(person, password);
    await shopper.isAt('/account');
  });

  test.describe('with senders of the shop', () => {
    test.use({ settings: { LATCHKEY_LETTER_SENDERS: 'The shop <orders@shop.example>, offers@shop.example' } });

    test('§1.5: forgot the login and even which mailbox', async ({ page, shopper, smtp }) => {
      const { email, fields, forgotten_login, emails, recovery, sign_in } = shopper.words;
      const [person, stranger] = [newPerson(), newPerson()];
      const now = newPerson().email;

      // An account that has had two addresses: every email to either names it.
      await shopper.isSignedIn(person);
      await shopper.changeEmail(person, now);
      await expect(shopper.notice(email.changed)).toBeVisible();
      await shopper.signOut();
      for (const [address, kind] of [
        [person.email, 'new-device'],
        [person.email, 'address-changing'],
        [person.email, 'address-changed'],
        [now, 'address-changed'],
      ] as const) {
        const sent = await smtp.emailTo(address, kind);
        expect(sent.account).toBe(person.login);
        expect(sent.text).toContain(person.login);
        expect(sent.html).toContain(person.login);
      }

      // Sign in → Forgot your password? → Forgot your login?
      await shopper.follow(sign_in.forgot);
      await shopper.isAt('/recover', recovery.title);
      await shopper.follow(recovery.forgot_login);
      await shopper.isAt('/recover/login', forgotten_login.title);

      // If the mailbox is unknown, too: what to search each one for.
      await shopper.press(page.getByText(forgotten_login.which_mailbox, { exact: true }));
      for (const words of [
        forgotten_login.try_each,
        'no-reply@localhost',
        say(emails.welcome.subject, { shop: 'The shop' }),
        say(emails.password_changed.subject, { shop: 'The shop' }),
        say(emails.new_device.subject, { shop: 'The shop' }),
        forgotten_login.shop_senders,
        'orders@shop.example',
        'offers@shop.example',
      ]) {
        await expect(page.getByText(words).first()).toBeVisible();
      }

      // Each mailbox is tried: one never had an account, one had it, one has it.
      const ask = async (address: string) => {
        await shopper.field(fields.email).fill(address);
        await shopper.slide();
        await shopper.press(forgotten_login.send);
        await shopper.isAt('/recover/login', forgotten_login.title);
        await expect(shopper.notice(say(forgotten_login.sent, { address }))).toBeVisible();
        return smtp.emailTo(address, 'login-reminder');
      };
      const none = await ask(stranger.email);
      expect(none.text).toContain(say(emails.login_reminder.none, { shop: 'The shop', address: stranger.email }));
      expect(none.account).toBeUndefined();
      const had = await ask(person.email);
      expect(had.text).toContain(say(emails.login_reminder.intro_former, { shop: 'The shop' }));
      expect(had.text).toContain(`${emails.facts.login}: ${person.login}`);
      const has = await ask(now);
      expect(has.text).toContain(say(emails.login_reminder.intro, { shop: 'The shop' }));
      expect(has.text).toContain(`${emails.facts.login}: ${person.login}`);
      expect(has.account).toBe(person.login);
      // The old mailbox does not learn the address that the account has now.
      expect(had.text + had.html).not.toContain(now);

      // With the login the user can sign in again.
      await shopper.signIn(person);
      await shopper.isAt('/account');
      await expect(page.getByRole('main')).toContainText(now);
    });
  });

  test('§1.7: saved passwords', async ({ page, context, shopper, another }) => {
    const { saved_passwords: guide } = shopper.words;
    const browsers = page.getByRole('main').locator('details');
    const chrome = 'chrome://password-manager/passwords';
    if (shopper.script) await context.grantPermissions(['clipboard-read', 'clipboard-write']);

    // From the account; the shopper's own browser comes first and is already open.
    await shopper.isSignedIn(newPerson());
    await shopper.follow(shopper.side(guide.title));
    await shopper.isAt('/account/saved-passwords', guide.title);
    await expect(page.getByText(say(guide.yours, { browser: 'Chrome', system: 'Linux' }))).toBeVisible();
    await expect(browsers).toHaveCount(7);
    const own = browsers.first();
    await expect(own).toHaveAttribute('open');
    await expect(own.getByText(guide.your_browser, { exact: true })).toBeVisible();
    const steps = own.getByRole('heading', { name: guide.platforms.desktop }).locator('..');
    // Both tasks, the address to paste, and how to undo "Never".
    for (const words of [chrome, guide.to_update, guide.to_delete, guide.said_never]) {
      await expect(steps.getByText(words, { exact: true })).toBeVisible();
    }
    await expect(page.getByText(guide.shared_why)).toBeVisible();

    // There is no link to such an address: it is copied.
    const copy = steps.getByRole('button', { name: say(guide.copy_address, { address: chrome }) });
    if (shopper.script) {
      await shopper.waitForHydration();
      await shopper.press(copy);
      await expect(steps.getByText(guide.copied, { exact: true })).toBeVisible();
      expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(chrome);
    } else {
      await expect(copy).toBeHidden();
    }

    // The others are closed until they are opened.
    const firefox = browsers.filter({ has: page.getByText('Firefox', { exact: true }) });
    await expect(firefox.getByText('about:logins', { exact: true })).toBeHidden();
    await shopper.press(firefox.getByText('Firefox', { exact: true }));
    await expect(firefox.getByText('about:logins', { exact: true })).toBeVisible();

    // Another user sees their own browser first, signed in or not.
    const guest = await another({ userAgent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1' });
    // As a browser without client hints.
    await guest.page.setExtraHTTPHeaders({ 'sec-ch-ua': '', 'sec-ch-ua-platform': '', 'sec-ch-ua-mobile': '' });
    await guest.page.goto('/help/saved-passwords');
    await guest.isAt('/help/saved-passwords', guide.title);
    await expect(guest.page.getByText(say(guide.yours, { browser: 'Safari', system: 'iPhone' }))).toBeVisible();
    const theirs = guest.page.getByRole('main').locator('details').first();
    await expect(theirs).toHaveAttribute('open');
    await expect(theirs.getByRole('heading', { level: 3 }).first()).toHaveText(guide.platforms.ios);
    await expect(theirs.getByText(guide.open.safari_ios).first()).toBeVisible();
  });
});
