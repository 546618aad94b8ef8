// Everything that a signed-in user can do, page by page. The steps of DESIGN §1 are in steps.spec.ts.
import type { Locator, Page } from '@playwright/test';
import { readFile } from 'node:fs/promises';
import { withAndWithoutScript } from '../fixtures/variants';
import { newPassword, newPerson } from '../fixtures/person';
import { pictures } from '../fixtures/pictures';
import { codeOf, linkOf } from '../fixtures/smtp';
import { expect, test } from '../fixtures/test';
import { beginning, count, say, words } from '../fixtures/words';
import { unzip } from '../fixtures/zip';

const firefoxOnWindows = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0';

/** The pages that require reauthentication. */
const guarded = ['/account/settings/email', '/account/settings/login', '/account/settings/codes', '/account/settings/export', '/account/settings/delete'];

/** The events of the account, as a page lists them. */
function entriesOf(page: Page): Locator {
  return page.getByRole('main').getByRole('listitem').filter({ has: page.getByRole('time') });
}

withAndWithoutScript(() => {
  test('the hub says who one is, how safe the account is, and leads everywhere', async ({ page, shopper, another }) => {
    const { account, activity, code, devices, events, password, profile, saved_passwords, settings } = shopper.words;
    const person = newPerson();
    await shopper.isSignedIn(person);
    const main = page.getByRole('main');
    await shopper.isAt('/account', say(account.hello, { name: person.login }));
    await expect(main).toContainText(person.email);
    await expect(main).toContainText(say(account.address_confirmed, { address: person.email }));
    await expect(main).toContainText(beginning(account.password_changed));
    await expect(main).toContainText(count(shopper.language, account.devices, 1));
    await expect(main).toContainText(account.choose_zone);
    await expect(main).toContainText(account.saved_passwords);
    await expect(entriesOf(page).filter({ hasText: events.signed_in })).toHaveCount(1);

    const elsewhere = await another();
    await elsewhere.signIn(person);
    await elsewhere.isAt('/account');
    await page.reload();
    await expect(main).toContainText(count(shopper.language, account.devices, 2));

    for (const [link, path, heading] of [
      [shopper.side(profile.title), '/account/profile', profile.title],
      [shopper.side(devices.title), '/account/devices', devices.title],
      [shopper.side(activity.title), '/account/activity', activity.title],
      [shopper.side(saved_passwords.title), '/account/saved-passwords', saved_passwords.title],
      [shopper.side(settings.title), '/account/settings', settings.title],
      // The next action is next to the information.
      [shopper.link(account.open_profile), '/account/profile', profile.title],
      [shopper.link(code.change), '/account/confirm', shopper.words.confirm.title],
      [shopper.link(password.title), '/account/profile/password', password.title],
      [shopper.link(account.see_devices), '/account/devices', devices.title],
      [shopper.link(account.choose_zone_link), '/account/profile', profile.title],
      [shopper.link(account.all_activity), '/account/activity', activity.title],
    ] as const) {
      await page.goto('/account');
      await shopper.follow(link);
      await shopper.isAt(path, heading);
    }
    await page.goto('/account/settings');
    await expect(shopper.side(settings.title)).toHaveAttribute('aria-current', 'page');
    await expect(shopper.side(profile.title)).not.toHaveAttribute('aria-current');
  });

  test('name, language and time zone', async ({ page, shopper }) => {
    const other = words[shopper.language === 'en' ? 'ru' : 'en'];
    const { fields, password, profile } = shopper.words;
    const person = newPerson();
    await shopper.isSignedIn(person);
    await page.goto('/account/profile');
    await shopper.waitForHydration();
    await expect(shopper.field(profile.display_name)).toHaveValue('');
    await expect(shopper.choice(profile.language)).toHaveValue(shopper.language);
    await expect(page.getByRole('definition').filter({ hasText: person.email })).toBeVisible();
    await expect(page.getByRole('term').filter({ hasText: fields.login })).toBeVisible();

    // Longer than a name may be: refused at the field, with all that was typed.
    const long = '🦊'.repeat(65);
    await shopper.field(profile.display_name).fill(long);
    await shopper.chooseTimeZone('Asia/Tokyo');
    await shopper.press(password.save);
    await expect(shopper.alert).toContainText(shopper.words.errors.display_name_too_long);
    await expect(shopper.field(profile.display_name)).toHaveAttribute('aria-invalid', 'true');
    await expect(shopper.field(profile.display_name)).toHaveAccessibleDescription(new RegExp(shopper.words.errors.display_name_too_long));
    await expect(shopper.field(profile.display_name)).toHaveValue(long);
    await expect(shopper.field(profile.time_zone)).toHaveValue('Asia/Tokyo');

    await shopper.field(profile.display_name).fill('Анна 🦊 Kim');
    await shopper.choice(profile.language).selectOption(shopper.language === 'en' ? 'ru' : 'en');
    await shopper.press(password.save);
    // The page switches to the new language at once.
    await expect(shopper.notice(other.profile.saved)).toBeVisible();
    await shopper.isAt('/account/profile', other.profile.title);
    await expect(shopper.field(other.profile.display_name)).toHaveValue('Анна 🦊 Kim');
    await expect(shopper.field(other.profile.time_zone)).toHaveValue('Asia/Tokyo');
    await page.goto('/account');
    await shopper.isAt('/account', say(other.account.hello, { name: 'Анна 🦊 Kim' }));
    await expect(page.getByRole('main')).not.toContainText(other.account.choose_zone);
    await page.goto('/account/activity');
    await expect(page.getByRole('main')).toContainText(say(other.activity.zone, { zone: 'Asia/Tokyo' }));
    await expect(entriesOf(page).filter({ hasText: other.events.profile_changed })).toContainText(/\d\d:\d\d JST/);

    // The name can be removed, and does not come back by itself when another field is refused.
    await page.goto('/account/profile');
    await shopper.field(other.profile.display_name).fill('');
    await shopper.field(other.profile.picture).setInputFiles({ name: 'me.png', mimeType: 'image/png', buffer: Buffer.from('none') });
    await shopper.press(other.password.save);
    await expect(shopper.alert).toContainText(other.errors.picture_unknown);
    await expect(shopper.field(other.profile.display_name)).toHaveValue('');
    await expect(shopper.button(other.password.save)).not.toHaveAttribute('aria-busy', 'true');
    await shopper.press(other.password.save);
    await expect(shopper.notice(other.profile.saved)).toBeVisible();
    await page.goto('/account');
    await shopper.isAt('/account', say(other.account.hello, { name: person.login }));
  });

  test('a picture', async ({ page, shopper, request }) => {
    const { password, profile } = shopper.words;
    const person = newPerson();
    const main = page.getByRole('main');
    const picture = main.locator('img');
    await shopper.isSignedIn(person);
    const files = await pictures(page);

    // Initials while there is no picture.
    await page.goto('/account/profile');
    await shopper.field(profile.display_name).fill('Anna Kim');
    await shopper.press(password.save);
    await expect(main.getByText('AK', { exact: true })).toBeVisible();
    await expect(picture).toHaveCount(0);
    await expect(page.getByLabel(profile.remove_picture)).toHaveCount(0);

    const seen = new Set<string | null>();
    for (const file of Object.values(files)) {
      await shopper.field(profile.picture).setInputFiles(file);
      await shopper.press(password.save);
      await expect(shopper.notice(profile.saved)).toBeVisible();
      await expect(picture).toBeVisible();
      const source = await picture.getAttribute('src');
      // Each picture has a new address, so that no browser shows the previous one.
      expect(seen).not.toContain(source);
      seen.add(source);
      await expect.poll(() => picture.evaluate((image: HTMLImageElement) => [image.naturalWidth, image.naturalHeight])).toEqual([256, 256]);
      await page.goto('/account/profile');
    }
    // Nobody else can load it.
    const source = await picture.getAttribute('src');
    expect((await page.request.get(source ?? '')).headers()).toMatchObject({ 'content-type': 'image/jpeg', 'cache-control': 'no-store' });
    expect((await request.get(source ?? '')).status()).toBe(401);
    await page.goto('/account');
    await expect(picture).toBeVisible();

    await page.goto('/account/profile');
    await page.getByLabel(profile.remove_picture).check();
    await shopper.press(password.save);
    await expect(shopper.notice(profile.saved)).toBeVisible();
    await expect(main.getByText('AK', { exact: true })).toBeVisible();
    await expect(picture).toHaveCount(0);
  });

  test('a picture that is none is refused, and everything else stays as it was typed', async ({ page, shopper }) => {
    const { errors, password, profile } = shopper.words;
    await shopper.isSignedIn(newPerson());
    const { png } = await pictures(page);
    const name = shopper.field(profile.display_name);
    const file = shopper.field(profile.picture);
    await page.goto('/account/profile');
    await shopper.waitForHydration();
    await name.fill('Anna');
    await shopper.chooseTimeZone('Europe/Moscow');
    for (const [upload, why] of [
      [{ ...png, buffer: Buffer.from('Not a picture at all.') }, errors.picture_unknown],
      [{ name: 'me.svg', mimeType: 'image/svg+xml', buffer: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>') }, errors.picture_unknown],
      [{ ...png, buffer: png.buffer.subarray(0, png.buffer.length / 2) }, errors.picture_broken],
      // With script only a square of it is sent, which is small.
      ...(shopper.script ? [] : [[{ ...png, buffer: Buffer.concat([png.buffer, Buffer.alloc(2 * 1024 * 1024)]) }, errors.picture_too_large] as const]),
    ] as const) {
      await file.setInputFiles(upload);
      await shopper.press(password.save);
      await expect(shopper.button(password.save)).not.toHaveAttribute('aria-busy', 'true');
      await expect(shopper.alert).toContainText(why);
      await expect(file).toHaveAttribute('aria-invalid', 'true');
      await expect(file).toHaveAccessibleDescription(new RegExp(why));
      await expect(name).toHaveValue('Anna');
      await expect(shopper.field(profile.time_zone)).toHaveValue('Europe/Moscow');
      await expect(shopper.choice(profile.language)).toHaveValue(shopper.language);
      // Nothing was saved meanwhile.
      await expect(page.getByRole('main').locator('img')).toHaveCount(0);
    }
    await page.goto('/account');
    await expect(page.getByRole('main')).not.toContainText('Anna');
  });

  test('of two tabs that change the profile the second is told', async ({ page, shopper }) => {
    const { errors, password, profile } = shopper.words;
    await shopper.isSignedIn(newPerson());
    const second = await shopper.newTab();
    for (const tab of [shopper, second]) {
      await tab.page.goto('/account/profile');
      await tab.waitForHydration();
      await tab.chooseTimeZone('Europe/Paris');
    }
    await shopper.field(profile.display_name).fill('First');
    await shopper.press(password.save);
    await expect(shopper.notice(profile.saved)).toBeVisible();

    await second.field(profile.display_name).fill('Second');
    await second.chooseTimeZone('Asia/Tokyo');
    await second.press(password.save);
    await expect(second.alert).toContainText(errors.changed_elsewhere);
    // The values that the first tab saved are shown next to what was typed here, and nothing is lost.
    const language = second.choice(profile.language).locator('option:checked');
    await expect(second.alert).toContainText(
      say(profile.now_saved, { name: 'First', language: (await language.textContent()) ?? '', zone: 'Europe/Paris' }),
    );
    await expect(second.field(profile.display_name)).toHaveValue('Second');
    await expect(second.field(profile.time_zone)).toHaveValue('Asia/Tokyo');
    await page.reload();
    await expect(shopper.field(profile.display_name)).toHaveValue('First');

    await second.press(password.save);
    await expect(second.notice(profile.saved)).toBeVisible();
    await expect(second.field(profile.display_name)).toHaveValue('Second');
    await page.reload();
    await expect(shopper.field(profile.display_name)).toHaveValue('Second');
  });

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

  test('devices: sign out one, sign out everywhere else', async ({ page, shopper, another, smtp }) => {
    const { account, devices } = shopper.words;
    const person = newPerson();
    const listed = page.getByRole('main').getByRole('listitem').filter({ hasText: devices.since });
    await shopper.isSignedIn(person);
    await page.goto('/account/devices');
    await expect(listed).toHaveCount(1);
    await expect(shopper.button(devices.end_others)).toHaveCount(0);

    const others = [];
    for (const userAgent of [firefoxOnWindows, undefined, undefined]) {
      const other = await another(userAgent ? { userAgent } : {});
      await other.signIn(person);
      await other.isAt('/account');
      others.push(other);
    }
    await page.reload();
    await expect(listed).toHaveCount(4);
    // This device comes first, is marked, and is signed out in the menu, as on all other pages.
    await expect(listed.first()).toContainText('Chrome, Linux');
    await expect(listed.first()).toContainText(devices.this_one);
    await expect(listed.filter({ hasText: devices.this_one })).toHaveCount(1);
    await expect(listed.first().getByRole('button')).toHaveCount(0);

    const strange = listed.filter({ hasText: 'Firefox, Windows' });
    const end = strange.getByRole('button', { name: account.sign_out, exact: true });
    // Screen readers are told which device it ends.
    await expect(end).toHaveAccessibleDescription('Firefox, Windows');
    await shopper.press(end);
    await expect(shopper.notice(devices.signed_out)).toBeVisible();
    await expect(listed).toHaveCount(3);
    const [firefox, ...rest] = others;
    await firefox!.page.goto('/account');
    await expect(firefox!.page).toHaveURL('/sign-in?next=%2Faccount');
    for (const other of rest) {
      await other.page.goto('/account');
      await other.isAt('/account');
    }

    await shopper.press(devices.end_others);
    await expect(shopper.notice(devices.others_signed_out)).toBeVisible();
    await expect(listed).toHaveCount(1);
    for (const other of rest) {
      await other.page.goto('/account');
      await expect(other.page).toHaveURL('/sign-in?next=%2Faccount');
    }
    await page.goto('/account');
    await shopper.isAt('/account');

    // An email was sent for each new browser, and none for one that comes back.
    await firefox!.signIn(person);
    await firefox!.isAt('/account');
    for (let browser = 0; browser < 4; browser += 1) await smtp.emailTo(person.email, 'new-device');
    expect(smtp.kindsTo(person.email)).toEqual(Array(4).fill('new-device'));
  });

  test('letters: some are a matter of choice', async ({ page, shopper, another, smtp }) => {
    const { password, profile, settings } = shopper.words;
    const person = newPerson();
    await shopper.isSignedIn(person);
    await shopper.follow(shopper.side(settings.title));
    await shopper.follow(settings.letters_title);
    await shopper.isAt('/account/settings/letters', settings.letters_title);
    await shopper.waitForHydration();
    // The emails that keep the account safe are listed, and cannot be turned off.
    const choice = shopper.script ? 'switch' : 'checkbox';
    await expect(page.getByRole(choice)).toHaveCount(2);
    for (const always of [settings.always_codes, settings.always_password, settings.always_device, settings.always_address, settings.always_data]) {
      await expect(page.getByRole('listitem').filter({ hasText: always })).toBeVisible();
    }
    const inUse = page.getByRole(choice, { name: settings.letter_in_use });
    const signedIn = page.getByRole(choice, { name: settings.letter_signed_in });
    await expect(inUse).toBeChecked();
    await expect(signedIn).not.toBeChecked();
    const second = await shopper.newTab();
    await second.page.goto('/account/settings/letters');
    await second.waitForHydration();
    await inUse.uncheck();
    await signedIn.check();
    if (shopper.script) {
      await expect(shopper.notice(say(settings.letter_on, { name: settings.letter_signed_in }))).toBeVisible();
    } else {
      await shopper.press(password.save);
      await expect(shopper.notice(profile.saved)).toBeVisible();
    }
    await page.reload();
    await shopper.waitForHydration();
    await expect(inUse).not.toBeChecked();
    await expect(signedIn).toBeChecked();
    // A tab that was open before does not undo it silently.
    if (shopper.script) {
      await second.page.getByRole('switch', { name: settings.letter_signed_in }).click();
      await expect(second.alert).toContainText(settings.letters_elsewhere);
      await second.page.close();
    } else {
      await second.press(password.save);
      await expect(second.alert).toContainText(shopper.words.errors.changed_elsewhere);
    }

    const stranger = await another();
    await stranger.startRegistration({ ...newPerson(), email: person.email });
    await page.goto('/account');
    await shopper.signOut();
    await shopper.signIn(person);
    await shopper.isAt('/account');
    await smtp.emailTo(person.email, 'signed-in');
    expect(smtp.kindsTo(person.email)).toEqual(['new-device', 'signed-in']);
  });

  test('a copy of all data', async ({ page, shopper, smtp }) => {
    const { events, export: words, password, profile, settings } = shopper.words;
    const person = newPerson();
    await shopper.isSignedIn(person);
    const { png } = await pictures(page);
    await page.goto('/account/profile');
    await shopper.field(profile.display_name).fill('Анна 🦊');
    await shopper.field(profile.picture).setInputFiles(png);
    await shopper.press(password.save);
    await expect(shopper.notice(profile.saved)).toBeVisible();

    await shopper.follow(shopper.side(settings.title));
    await shopper.follow(words.title);
    await shopper.prove(person.password);
    await shopper.isAt('/account/settings/export', words.title);
    const waiting = page.waitForEvent('download');
    await shopper.press(words.download);
    const download = await waiting;
    expect(download.suggestedFilename()).toMatch(/^my-account-\d{4}-\d\d-\d\d\.zip$/);
    const files = unzip(await readFile(await download.path()));
    expect([...files.keys()].sort()).toEqual(['my-account.html', 'my-account.json', 'picture.jpg']);
    const data = JSON.parse(files.get('my-account.json')!.toString());
    expect(data.accounts).toMatchObject([{ login: person.login, email: person.email, display_name: 'Анна 🦊' }]);
    expect(data.sessions).toHaveLength(1);
    const html = files.get('my-account.html')!.toString();
    expect(html).toContain(say(words.html_title, { login: person.login, shop: 'The shop' }));
    expect(html).toContain('Анна 🦊');
    for (const file of files.values()) expect(file.toString()).not.toContain(person.password);
    expect(files.get('picture.jpg')!.subarray(0, 3).toString('hex')).toBe('ffd8ff');

    // The page stays open, and can do it again.
    await shopper.isAt('/account/settings/export', words.title);
    await expect(shopper.button(words.download)).toBeEnabled();
    await smtp.emailTo(person.email, 'export-ready');
    await page.goto('/account/activity');
    await expect(entriesOf(page).filter({ hasText: events.exported })).toHaveCount(1);
  });

  test('deleting the account, and keeping it after all', async ({ page, shopper, another, smtp }) => {
    const { deletion, errors, settings } = shopper.words;
    const person = newPerson();
    const elsewhere = await another();
    await shopper.isSignedIn(person);
    await elsewhere.signIn(person);
    await elsewhere.isAt('/account');
    await shopper.follow(shopper.side(settings.title));
    await shopper.follow(deletion.title);
    await shopper.prove(person.password);
    await shopper.isAt('/account/settings/delete', deletion.title);
    await expect(shopper.link(deletion.export_first)).toBeVisible();
    await shopper.field(deletion.confirm_label).fill('yes');
    await shopper.press(deletion.submit);
    await expect(shopper.alert).toContainText(errors.confirmation_wrong);
    await expect(shopper.field(deletion.confirm_label)).toHaveAccessibleDescription(new RegExp(errors.confirmation_wrong));
    await elsewhere.page.reload();
    await elsewhere.isAt('/account');

    await shopper.field(deletion.confirm_label).fill(person.login);
    await shopper.press(deletion.submit);
    await shopper.isAt('/sign-in');
    await expect(shopper.notice(beginning(deletion.started))).toBeVisible();
    expect((await smtp.emailTo(person.email, 'deletion-started')).text).toContain(person.login);
    await elsewhere.page.reload();
    await expect(elsewhere.page).toHaveURL('/sign-in?next=%2Faccount');

    // Signing in asks; the question can be postponed …
    await shopper.signIn(person);
    await shopper.isAt('/account/settings/delete', deletion.pending_title);
    await shopper.follow(deletion.later);
    await shopper.isAt('/account');
    await expect(shopper.alert).toContainText(beginning(deletion.pending));
    // … and is asked again.
    await shopper.signOut();
    await shopper.signIn(person);
    await shopper.isAt('/account/settings/delete', deletion.pending_title);
    await shopper.press(deletion.keep);
    await shopper.isAt('/account');
    await expect(shopper.notice(deletion.kept)).toBeVisible();
    await expect(shopper.alert).toHaveCount(0);
    await shopper.signOut();
    await shopper.signIn(person);
    await shopper.isAt('/account');
  });
});

withAndWithoutScript(() => {
  // The page of a used link answers 410.
  test.use({ complaints: [/status of 410/] });

  test('"This was not me" takes the account back from a thief who knew the password', async ({ page, shopper, another, smtp }) => {
    const { code, errors, emails, reclaim, recovery } = shopper.words;
    const person = newPerson();
    const [first, second] = [newPerson().email, newPerson().email];
    await shopper.isSignedIn(person);
    const thief = await another();
    await thief.signIn(person);
    await thief.isAt('/account');
    await thief.changeEmail(person, first);
    // Another change does not help the thief.
    await thief.changeEmail(person, second);
    const link = linkOf(await smtp.emailTo(person.email, 'address-changed'));

    // Following the link does nothing: mail programs follow links, too. Nor does it stay in the address.
    const owner = await another();
    for (let time = 0; time < 2; time += 1) {
      await owner.page.goto(link);
      await owner.isAt('/letter', reclaim.title);
    }
    await expect(owner.page.getByRole('main')).toContainText(say(reclaim.take_back, { login: person.login, address: person.email }));
    await thief.page.reload();
    await thief.isAt('/account/settings');
    await expect(thief.page.getByRole('main')).toContainText(second);

    // The button does, and leads to a new password.
    await owner.press(emails.not_me);
    await owner.isAt('/recover/method', recovery.method_title);
    await expect(owner.notice(reclaim.taken_back)).toBeVisible();
    await expect(owner.page.getByRole('main')).toContainText(say(recovery.email_to_login, { login: person.login }));
    for (const out of [thief, shopper]) {
      await out.page.goto('/account');
      await expect(out.page).toHaveURL('/sign-in?next=%2Faccount');
    }
    // Neither the old password nor the thief's addresses let the thief in again.
    for (const login of [person.login, second]) {
      await thief.signIn({ ...person, login });
      await expect(thief.alert).toContainText(errors.bad_credentials);
    }
    await owner.askForCode();
    await owner.confirm(await owner.recoveryCode(person));
    await owner.isAt('/recover/password', recovery.password_title);
    const password = newPassword();
    await owner.chooseNewPassword(password);
    await owner.signIn(person, password);
    await owner.isAt('/account');
    await expect(owner.page.getByRole('main')).toContainText(person.email);

    // The link works once.
    await page.goto(link);
    await expect(page.getByRole('main')).toContainText(errors.link_gone);
    await expect(shopper.button(emails.not_me)).toHaveCount(0);
    await expect(shopper.button(code.confirm)).toHaveCount(0);
  });

  test('"This was not me" stops a change that was only begun', async ({ shopper, another, smtp }) => {
    const { emails, reclaim, recovery } = shopper.words;
    const person = newPerson();
    const wanted = newPerson().email;
    await shopper.isSignedIn(person);
    const thief = await another();
    await thief.signIn(person);
    await thief.isAt('/account');
    await thief.askForEmail(person, wanted);
    const code = codeOf(await smtp.emailTo(wanted, 'confirm-address'));
    await shopper.page.goto(linkOf(await smtp.emailTo(person.email, 'address-changing')));
    await shopper.isAt('/letter', reclaim.title);
    await shopper.press(emails.not_me);
    await shopper.isAt('/recover/method', recovery.method_title);
    // The code that the thief waited for opens nothing.
    await thief.confirm(code);
    await thief.isAt('/sign-in');
    await shopper.askForCode();
    await shopper.confirm(await shopper.recoveryCode(person));
    await shopper.isAt('/recover/password', recovery.password_title);
  });

  test('an account that two addresses claim is frozen', async ({ shopper, another, smtp }) => {
    const { errors, emails, reclaim, recovery } = shopper.words;
    const person = newPerson();
    const now = newPerson().email;
    await shopper.isSignedIn(person);
    await shopper.changeEmail(person, now);
    await smtp.emailTo(now, 'address-changed');
    const elsewhere = await another();
    await elsewhere.page.goto(linkOf(await smtp.emailTo(person.email, 'address-changed')));
    await elsewhere.press(emails.not_me);
    await elsewhere.isAt('/recover/method', recovery.method_title);

    await shopper.page.goto(linkOf(await smtp.emailTo(now, 'address-changed')));
    await shopper.isAt('/letter', reclaim.title);
    await expect(shopper.page.getByRole('main')).toContainText(say(reclaim.freeze, { login: person.login, address: now }));
    await shopper.press(emails.not_me);
    await shopper.isAt('/letter', reclaim.frozen_title);
    await expect(shopper.page.getByRole('main')).toContainText(reclaim.frozen);
    await shopper.signIn(person);
    await expect(shopper.alert).toContainText(errors.bad_credentials);
  });
});

withAndWithoutScript(() => {
  test('activity: newest first, part by part, filtered by kind', async ({ page, shopper, smtp }) => {
    const { account, activity, events, email_names, password, profile, settings } = shopper.words;
    const person = newPerson();
    const entries = entriesOf(page);
    const filter = page.getByRole('navigation', { name: activity.filter });
    const show = async (group: string) => {
      await shopper.follow(filter.getByRole('link', { name: group }));
      await expect(filter.getByRole('link', { name: group })).toHaveAttribute('aria-current', 'true');
    };
    await shopper.isSignedIn(person);
    for (let time = 0; time < 11; time += 1) {
      await shopper.signOut();
      await shopper.signIn(person);
      await shopper.isAt('/account');
    }
    await smtp.emailTo(person.email, 'new-device');
    await page.goto('/account/settings/letters');
    await shopper.waitForHydration();
    await page.getByRole(shopper.script ? 'switch' : 'checkbox', { name: settings.letter_in_use }).uncheck();
    if (shopper.script) {
      await expect(shopper.notice(say(settings.letter_off, { name: settings.letter_in_use }))).toBeVisible();
    } else {
      await shopper.press(password.save);
      await expect(shopper.notice(profile.saved)).toBeVisible();
    }
    await shopper.follow(shopper.side(activity.title));
    await shopper.isAt('/account/activity', activity.title);
    await shopper.waitForHydration();
    await expect(entries).toHaveCount(20);
    await expect(entries.first()).toContainText(events.letters_chosen);
    await expect(entries.nth(1)).toContainText(events.signed_in);
    await expect(entries.nth(2)).toContainText(events.signed_out);
    await expect(entries.nth(1)).toContainText('Chrome, Linux');

    // Older events: below with script, on a page of its own without.
    await shopper.follow(activity.older);
    await expect(entries.last()).toContainText(events.registered);
    await expect(shopper.link(activity.older)).toHaveCount(0);
    if (!shopper.script) {
      await expect(page).toHaveURL(/before=/);
      await shopper.follow(activity.newest);
    }
    await expect(entries.first()).toContainText(events.letters_chosen);

    // By kind; older parts are of that kind, too.
    await show(activity.sign_ins);
    await expect(page).toHaveURL(/kind=sign-ins$/);
    await expect(entries.first()).toContainText(events.signed_in);
    await expect(entries).toHaveCount(20);
    await shopper.follow(activity.older);
    await expect(entries).toHaveCount(shopper.script ? 23 : 3);
    await expect(page).toHaveURL(shopper.script ? /kind=sign-ins&parts=2$/ : /kind=sign-ins&before=/);
    await expect(entries.last()).toContainText(events.signed_in);
    // The email of the first sign-in is shown with it.
    await expect(entries.last()).toContainText(activity.email_sent);
    await show(activity.changes);
    await expect(entries).toHaveText([new RegExp(events.letters_chosen), new RegExp(events.registered)]);
    await show(activity.letters);
    await expect(entries).toHaveText([new RegExp(say(events.letter_sent, { letter: email_names.new_device }))]);
    await show(activity.recovery);
    await expect(page.getByRole('main')).toContainText(activity.empty);
    await expect(page.getByRole('main')).not.toContainText(account.lately);
    await expect(shopper.side(settings.title)).toBeVisible();
  });
});

test.describe('the time zone', () => {
  test('is proposed by the browser, and counts once it is saved', async ({ page, shopper }) => {
    const { account, password, profile } = shopper.words;
    await shopper.isSignedIn(newPerson());
    await shopper.follow(account.choose_zone_link);
    await shopper.isAt('/account/profile', profile.title);
    await shopper.waitForHydration();
    // The tests' browsers are in Helsinki.
    await expect(shopper.field(profile.time_zone)).toHaveValue('Europe/Helsinki');
    await expect(shopper.notice(profile.time_zone_proposed)).toBeVisible();
    await page.goto('/account');
    await expect(page.getByRole('main')).toContainText(account.choose_zone);
    await page.goto('/account/profile');
    await shopper.waitForHydration();
    await shopper.press(password.save);
    await expect(shopper.notice(profile.saved)).toBeVisible();
    await expect(shopper.field(profile.time_zone)).toHaveValue('Europe/Helsinki');
    // After a choice the browser's zone no longer matters.
    await shopper.chooseTimeZone('Asia/Tokyo');
    // Saved in place: reloading the page before it is done would save nothing.
    const saved = page.waitForResponse('**/api/profile');
    await shopper.press(password.save);
    await saved;
    await expect(shopper.field(profile.time_zone)).toHaveValue('Asia/Tokyo');
    await page.reload();
    await expect(shopper.field(profile.time_zone)).toHaveValue('Asia/Tokyo');
    await page.goto('/account');
    await expect(page.getByRole('main')).not.toContainText(account.choose_zone);
  });

  test.describe('without script', () => {
    test.use({ javaScriptEnabled: false });

    test('is UTC until one is chosen', async ({ page, shopper }) => {
      const { events, profile } = shopper.words;
      await shopper.isSignedIn(newPerson());
      await expect(entriesOf(page).filter({ hasText: events.signed_in })).toContainText(/\d\d:\d\d UTC/);
      await page.goto('/account/profile');
      await expect(shopper.field(profile.time_zone)).toHaveValue('');
    });
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

test.describe('a Russian reader', () => {
  test.use({ locale: 'ru-RU' });

  for (const javaScriptEnabled of [true, false]) {
    test.describe(javaScriptEnabled ? 'with script' : 'without script', () => {
      test.use({ javaScriptEnabled });

      test('reads what happened, and when, in Russian', async ({ page, shopper, smtp }) => {
        const { activity, events, months, units } = words.ru;
        const person = newPerson();
        await shopper.register(person);
        await smtp.emailTo(person.email, 'welcome');
        await shopper.signOut();
        await shopper.signIn(person, 'not the password');
        await expect(shopper.alert).toBeVisible();
        await shopper.signIn(person);
        await shopper.isAt('/account');
        await page.goto('/account/activity');
        await shopper.isAt('/account/activity', activity.title);
        await shopper.waitForHydration();
        const today = page.getByRole('heading', { level: 2, name: activity.today });
        await expect(today).toBeVisible();
        const time = new RegExp(`\\d\\d:\\d\\d${javaScriptEnabled ? '$' : ' UTC'}`);
        for (const what of [
          `${events.registered} · ${activity.email_sent}`,
          events.signed_out,
          events.sign_in_refused,
          events.signed_in,
        ]) {
          const entry = entriesOf(page).filter({ has: page.getByText(what, { exact: true }) });
          await expect(entry.first()).toContainText(time);
        }
        await page.goto('/account');
        await shopper.waitForHydration();
        const month = `(${Object.values(months).join('|')})`;
        // With script in the browser's format, otherwise in the server's.
        const date = javaScriptEnabled ? `\\d ${month} \\d{4}` : say(units.date, { day: '\\d', month, year: '\\d{4}' });
        const dated = new RegExp(`${date}.* \\d\\d:\\d\\d${javaScriptEnabled ? '' : ' UTC'}`);
        await expect(entriesOf(page).filter({ hasText: events.sign_in_refused }).first()).toContainText(dated);
        await page.goto('/account/activity');
        await shopper.waitForHydration();
        // Nothing but names is left in English.
        const text = (await page.getByRole('main').innerText()).replaceAll('Chrome, Linux', '').replaceAll('UTC', '');
        expect(text).not.toMatch(/[a-z]{2,}/i);
      });
    });
  }
});
