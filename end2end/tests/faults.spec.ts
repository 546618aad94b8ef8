// What a shopper sees, and what becomes of the letters, when something behind the screens is away.
import { spawn, spawnSync } from 'node:child_process';
import { newPassword, somebody } from '../fixtures/person';
import { alive } from '../fixtures/slider';
import { codeOf } from '../fixtures/smtp';
import { expect, test } from '../fixtures/test';
import { until } from '../fixtures/until';
import { words } from '../fixtures/words';

const { errors, password: change } = words.en;

// A server and a mail server of their own: what one test breaks no other test needs.
test.use({ settings: {} });

// Codes are tried again every 30 seconds, as greylisting wants it.
const untilNextTry = 45_000;
test.setTimeout(120_000);

test('a mail server that says "later" gets the letter later, once', async ({ shopper, server, smtp }) => {
  const person = somebody();
  await server.makeAccount(person);
  smtp.refuse();
  await shopper.askForRecovery(person.login);
  await shopper.askForCode();
  await until('the letter to be refused', () => smtp.failures > 0 || undefined);
  await smtp.accept();
  await shopper.confirm(await shopper.recoveryCode(person, untilNextTry));
  await shopper.isAt('/recover/password');
  expect(smtp.kindsTo(person.email)).toEqual(['recovery-code']);
});

test('a mail server that hangs keeps nobody waiting', async ({ page, shopper, smtp }) => {
  const person = somebody();
  const password = newPassword();
  await shopper.isSignedIn(person);
  smtp.hang();
  await page.goto('/account/profile/password');
  await shopper.field('Old password').fill(person.password);
  await shopper.field('New password').fill(password);
  await shopper.field('New password again').fill(password);
  const began = Date.now();
  await shopper.press('Save');
  await expect(page.getByText(change.changed)).toBeVisible();
  expect(Date.now() - began).toBeLessThan(5_000);
  await until('the letter to hang', () => smtp.failures > 0 || undefined);
  await page.goto('/account');
  await shopper.isAt('/account');
  expect(smtp.kindsTo(person.email)).toEqual([]);

  await smtp.accept();
  await smtp.letterTo(person.email, 'password-changed', untilNextTry);
});

test('a letter outlives a server that is killed while the mail server is away', async ({ shopper, server, smtp }) => {
  const person = somebody();
  await server.makeAccount(person);
  await smtp.away();
  await shopper.askForRecovery(person.login);
  await shopper.askForCode();
  await server.kill();
  await server.start();
  await smtp.accept();
  // The shopper's way goes on, too.
  await shopper.confirm(await shopper.recoveryCode(person, untilNextTry));
  await shopper.isAt('/recover/password');
  await shopper.chooseNewPassword(newPassword());
  expect(smtp.kindsTo(person.email).filter((kind) => kind === 'recovery-code')).toHaveLength(1);
});

test('a session outlives a server that is killed', async ({ page, shopper, server }) => {
  const person = somebody();
  await shopper.isSignedIn(person);
  await server.kill();
  await server.start();
  await page.reload();
  await shopper.isAt('/account');
  await expect(page.getByRole('main')).toContainText(person.login);
});

test('told to stop, the server finishes what has begun and exits with 0', async ({ page, server }) => {
  await page.goto('/sign-in');
  await alive(page);
  // A sign-in takes as long as its hash.
  const headers = { accept: 'application/json', origin: server.origin };
  const answer = fetch(`http://127.0.0.1:${server.port}/api/sign_in`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ login: 'nobody', password: 'not the password' }),
  });
  const began = server.logs.length;
  const exit = server.stop();
  expect((await answer).status).toBe(401);
  expect(await exit).toEqual({ code: 0, signal: null });
  expect(server.logs.slice(began).join('\n')).not.toMatch(/"level":"ERROR"|panicked/);
});

test('a database that cannot be written to: 503, and nothing is half done', async ({ page, shopper, server, smtp, request }) => {
  const person = somebody();
  await shopper.askForAccount(person);
  const code = codeOf(await smtp.letterTo(person.email, 'confirm-address'));

  const lock = await Lock.hold(server.databaseFile);
  await shopper.confirm(code);
  await expect(shopper.alert).toContainText(errors.unavailable);
  await shopper.isAt('/register/code');
  const answer = await request.post(`${server.origin}/api/sign_in`, {
    headers: { accept: 'application/json', origin: server.origin },
    form: { login: person.login, password: person.password },
  });
  expect(answer.status()).toBe(503);
  expect(Number(answer.headers()['retry-after'])).toBeGreaterThan(0);
  expect(await answer.json()).toMatchObject({ error: 'unavailable' });
  // Reading goes on.
  await page.goto('/sign-in');
  await shopper.isAt('/sign-in');
  await lock.release();

  await expect(server.run(['account', 'show', person.login])).rejects.toThrow(/there is no account/);
  await page.goto('/register/code');
  await shopper.confirm(code);
  await shopper.isAt('/account');
  await smtp.letterTo(person.email, 'welcome');
  expect(smtp.kindsTo(person.email)).toEqual(['confirm-address', 'welcome']);
});

/** Somebody else who keeps the database file to himself: a backup that hangs, a disk that is full. */
class Lock {
  private constructor(private readonly holder: ReturnType<typeof spawn>) {}

  static async hold(file: string): Promise<Lock> {
    const python = 'import sqlite3, sys\nc = sqlite3.connect(sys.argv[1], timeout=10, isolation_level=None)\nc.execute("BEGIN EXCLUSIVE")\nprint("held", flush=True)\nsys.stdin.read()';
    const has = (program: string) => spawnSync(program, ['--version']).status === 0;
    const holder = has('sqlite3')
      ? spawn('sqlite3', ['-batch', file], { stdio: ['pipe', 'pipe', 'inherit'] })
      : spawn('python3', ['-c', python, file], { stdio: ['pipe', 'pipe', 'inherit'] });
    holder.on('error', () => undefined);
    let said = '';
    holder.stdout?.on('data', (text: Buffer) => (said += text.toString()));
    if (holder.spawnargs[0] === 'sqlite3') holder.stdin?.write(".timeout 10000\nBEGIN EXCLUSIVE;\nSELECT 'held';\n");
    await until('the lock on the database (needs sqlite3 or python3)', () => said.includes('held') || undefined);
    return new Lock(holder);
  }

  async release(): Promise<void> {
    const gone = new Promise((done) => this.holder.once('exit', done));
    this.holder.stdin?.end();
    await gone;
  }
}
