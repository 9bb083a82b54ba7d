/*
 * A web server of one file: answers every request on port 8080 with the name of its host.
 *
 * It needs no library, so that its image is this one program and is built without any network:
 *
 *     gcc -Os -static -nostdlib -ffreestanding -fno-stack-protector -fno-asynchronous-unwind-tables \
 *         -s -Wl,--build-id=none -Wl,-z,noseparate-code -o myapp myapp.c
 *
 * Each connection is served by a process of its own. SIGTERM ends it in order: it takes what still waits
 * in its queue, lets its children finish and exits with 0.
 *
 * Linux on x86-64. The numbers are those of <asm/unistd_64.h>.
 */
typedef unsigned long word;

enum { READ = 0, WRITE = 1, CLOSE = 3, POLL = 7, RT_SIGACTION = 13, RT_SIGRETURN = 15, SOCKET = 41, ACCEPT = 43,
       SHUTDOWN = 48, BIND = 49, LISTEN = 50, SETSOCKOPT = 54, FORK = 57, EXIT = 60, WAIT4 = 61, UNAME = 63, FCNTL = 72 };

static long call(long number, word a, word b, word c, word d, word e) {
  long result;
  register word r10 __asm__("r10") = d;
  register word r8 __asm__("r8") = e;
  __asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8)
                   : "rcx", "r11", "memory");
  return result;
}

/* struct kernel_sigaction */
struct action { word handler, flags, restorer, mask; };

static volatile int ending;
static void on_term(int signal) { (void)signal; ending = 1; }
__asm__(".globl restore\nrestore:\n mov $15, %eax\n syscall\n");
extern void restore(void);

static void handle(int signal, word handler) {
  struct action action = {handler, 0x04000000 /* SA_RESTORER */, (word)restore, 0};
  call(RT_SIGACTION, signal, (word)&action, 0, sizeof action.mask, 0);
}

static word length(const char *text) {
  word n = 0;
  while (text[n]) n++;
  return n;
}

static char *append(char *to, const char *text) {
  while (*text) *to++ = *text++;
  return to;
}

static char *append_number(char *to, word number) {
  if (number >= 10) to = append_number(to, number / 10);
  *to++ = '0' + number % 10;
  return to;
}

/* struct utsname: six fields of 65 bytes, the second is the host's name. */
static char names[6 * 65];

/* Reads up to the empty line that ends the header of a request; 0 when the client went away before. */
static int read_request(int connection) {
  char buffer[4096];
  word line = 1;
  for (;;) {
    long count = call(READ, connection, (word)buffer, sizeof buffer, 0, 0);
    if (count == -4 /* EINTR */) continue;
    if (count <= 0) return 0;
    for (long i = 0; i < count; i++) {
      if (buffer[i] == '\n' && line == 0) return 1;
      if (buffer[i] == '\n') line = 0;
      else if (buffer[i] != '\r') line++;
    }
  }
}

static void serve(int connection) {
  char answer[512], *end = answer;
  const char *host = names + 65;
  if (!read_request(connection)) return;
  end = append(end, "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\nContent-Length: ");
  end = append_number(end, length(host) + 1);
  end = append(append(append(end, "\r\n\r\n"), host), "\n");
  call(WRITE, connection, (word)answer, end - answer, 0, 0);
  call(SHUTDOWN, connection, 1, 0, 0, 0);
  /* Until the client has closed too: a reset would take the answer from it. */
  while (call(READ, connection, (word)answer, sizeof answer, 0, 0) > 0) continue;
}

static int listen_on(unsigned short port) {
  struct { unsigned short family, port; unsigned address; char rest[8]; } address = {
      2, (unsigned short)(port >> 8 | port << 8), 0, {0}};
  int one = 1;
  int listener = call(SOCKET, 2, 1 | 0x800 /* SOCK_NONBLOCK */, 0, 0, 0);
  call(SETSOCKOPT, listener, 1, 2 /* SO_REUSEADDR */, (word)&one, sizeof one);
  if (call(BIND, listener, (word)&address, sizeof address, 0, 0) < 0) call(EXIT, 1, 0, 0, 0, 0);
  call(LISTEN, listener, 1024, 0, 0, 0);
  return listener;
}

static void say(const char *text) { call(WRITE, 1, (word)text, length(text), 0, 0); }

static void reap(int wait) {
  while (call(WAIT4, -1, 0, wait ? 0 : 1 /* WNOHANG */, 0, 0) > 0) continue;
}

void _start(void) {
  int listener = listen_on(8080);
  struct { int descriptor; short events, happened; } poll = {listener, 1, 0};
  call(UNAME, (word)names, 0, 0, 0, 0);
  say("listening on port 8080\n");
  handle(15, (word)on_term);
  handle(2, (word)on_term);
  for (;;) {
    long connection = call(ACCEPT, listener, 0, 0, 0, 0);
    if (connection >= 0) {
      if (call(FORK, 0, 0, 0, 0, 0) == 0) {
        call(CLOSE, listener, 0, 0, 0, 0);
        serve(connection);
        call(EXIT, 0, 0, 0, 0, 0);
      }
      call(CLOSE, connection, 0, 0, 0, 0);
      continue;
    }
    if (ending) break;
    reap(0);
    /* A second at most: a signal may come just before the wait. */
    call(POLL, (word)&poll, 1, 1000, 0, 0);
  }
  call(CLOSE, listener, 0, 0, 0, 0);
  say("ending\n");
  reap(1);
  call(EXIT, 0, 0, 0, 0, 0);
}
