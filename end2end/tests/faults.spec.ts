// What a shopper sees, and what happens to the emails, when a service behind the pages is away.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { request, type ClientRequest, type IncomingMessage } from 'node:http';
import { newPassword, newPerson } from '../fixtures/person';
import type { Server } from '../fixtures/server';
import { waitForHydration } from '../fixtures/slider';
import { codeOf } from '../fixtures/smtp';
import { expect, test } from '../fixtures/test';
import { until } from '../fixtures/until';
import { words } from '../fixtures/words';

const { errors, password: change } = words.en;

// Each test has a server and a mail server of its own, so that it breaks nothing for the others. The browser may
// request an icon from a killed server.
test.use({ settings: {}, complaints: [/net::ERR_CONNECTION_REFUSED/] });

// Codes are tried again every 30 seconds, as greylisting requires.
const untilNextTry = 45_000;
test.setTimeout(120_000);

test('a mail server that says "later" gets the letter later, once', async ({ shopper, server, smtp }) => {
  const person = newPerson();
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
  const person = newPerson();
  const password = newPassword();
  await shopper.isSignedIn(person);
  await smtp.emailTo(person.email, 'new-device');
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
  expect(smtp.kindsTo(person.email)).toEqual(['new-device']);

  await smtp.accept();
  await smtp.emailTo(person.email, 'password-changed', untilNextTry);
});

test('a letter outlives a server that is killed while the mail server is away', async ({ shopper, server, smtp }) => {
  const person = newPerson();
  await server.makeAccount(person);
  await smtp.away();
  await shopper.askForRecovery(person.login);
  await shopper.askForCode();
  await server.kill();
  await server.start();
  await smtp.accept();
  // The shopper's flow continues, too.
  await shopper.confirm(await shopper.recoveryCode(person, untilNextTry));
  await shopper.isAt('/recover/password');
  await shopper.chooseNewPassword(newPassword());
  expect(smtp.kindsTo(person.email).filter((kind) => kind === 'recovery-code')).toHaveLength(1);
});

test('a session outlives a server that is killed', async ({ page, shopper, server }) => {
  const person = newPerson();
  await shopper.isSignedIn(person);
  await server.kill();
  await server.start();
  await page.reload();
  await shopper.isAt('/account');
  await expect(page.getByRole('main')).toContainText(person.login);
});

test('told to stop, the server finishes what has begun and exits with 0', async ({ page, server }) => {
  // The browser keeps its connection open; this must not keep the server from stopping.
  await page.goto('/sign-in');
  await waitForHydration(page);
  const before = server.logs.length;
  const post = new SlowPost(server, '/api/sign_in');
  await post.begun;
  const exit = server.stop();
  await until('the server to hear of it', () => server.logs.some((line) => line.includes('stopping')) || undefined);
  expect(await post.finish('login=nobody&password=not+the+password')).toBe(401);
  expect(await exit).toEqual({ code: 0, signal: null });
  expect(server.logs.slice(before).join('\n')).not.toMatch(/"level":"ERROR"|panicked/);
});

test('a database that cannot be written to: 503, and nothing is half done', async ({ page, shopper, server, smtp, request: api }) => {
  const person = newPerson();
  await shopper.startRegistration(person);
  const code = codeOf(await smtp.emailTo(person.email, 'confirm-address'));

  const lock = await Lock.hold(server.databaseFile);
  await shopper.confirm(code);
  await expect(shopper.alert).toContainText(errors.unavailable);
  await shopper.isAt('/register/code');
  const answer = await api.post(`${server.origin}/api/sign_in`, {
    headers: { accept: 'application/json', origin: server.origin },
    form: { login: person.login, password: person.password },
  });
  expect(answer.status()).toBe(503);
  expect(Number(answer.headers()['retry-after'])).toBeGreaterThan(0);
  expect(await answer.json()).toMatchObject({ error: 'unavailable' });
  // Reading still works.
  await page.goto('/sign-in');
  await shopper.isAt('/sign-in');
  await lock.release();

  await expect(server.run(['account', 'show', person.login])).rejects.toThrow(/there is no account/);
  await page.goto('/register/code');
  await shopper.confirm(code);
  await shopper.isAt('/account');
  await smtp.emailTo(person.email, 'welcome');
  expect(smtp.kindsTo(person.email)).toEqual(['confirm-address', 'welcome']);
});

/** A post whose body is sent only after the server asked for it, which shows that the server has begun to handle it. */
class SlowPost {
  readonly begun: Promise<unknown>;
  private readonly answered: Promise<IncomingMessage>;
  private readonly request: ClientRequest;

  constructor(server: Server, path: string) {
    this.request = request({
      host: '127.0.0.1',
      port: server.port,
      path,
      method: 'POST',
      headers: {
        accept: 'application/json',
        origin: server.origin,
        'content-type': 'application/x-www-form-urlencoded',
        expect: '100-continue',
      },
    });
    this.begun = once(this.request, 'continue');
    this.answered = once(this.request, 'response').then(([response]) => response as IncomingMessage);
    this.request.flushHeaders();
  }

  /** Sends the body; returns the status. */
  async finish(body: string): Promise<number | undefined> {
    this.request.end(body);
    const response = await this.answered;
    response.resume();
    return response.statusCode;
  }
}

/** A process that locks the database file: a backup that hangs, a full disk. */
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
