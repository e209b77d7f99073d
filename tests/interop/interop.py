#!/usr/bin/env python3
"""Runs tlsn against every TLS library that is here, in both roles, and prints a matrix.

Each row names what the client restricts itself to, so a handshake that succeeds has used it; both
sides' reports are compared with it, one line goes there and back, and both have to end cleanly. A
cell is `ok`, `FAIL`, or `-` where a side does not speak the row, with the reason below the matrix.
Every cell is also one line of JSON in OUT/interop.json. Exit status 0: no FAIL and at least one ok.
"""
import argparse
import concurrent.futures
import json
import pathlib
import shlex
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass

import again
import behind
import delegated
import early
import plan
import web
from certs import Certs
import names
import peers
from peer_tlsn import Tlsn
from process import output_of
from want import GREETING, Unable, complaints


MOST_SERVERS = 12  # of one lane at a time


@dataclass
class Cell:
    section: str
    row: str
    lane: str
    result: str  # 'ok', 'FAIL', '-'
    detail: str = ''
    seconds: float = 0.0
    client: str = ''


class Lane:
    """One client program against one server program; rows that can share a server do."""

    def __init__(self, client, server):
        self.client, self.server = client, server
        self.name = f'{client.name}>{server.name}'
        self._running, self._ended_badly = {}, []

    def _server(self, want):
        if self.server.per_row:
            return self.server.server(want)
        key = want.server_key()
        if key in self._running and not self._running[key].proc.alive():
            del self._running[key]
        if key not in self._running:
            if len(self._running) == MOST_SERVERS:
                self._stop(next(iter(self._running)))
            self._running[key] = self.server.server(want)
        return self._running[key]

    def _stop(self, key):
        text = self._running.pop(key).close()
        self._ended_badly += [text] if text else []

    def run(self, section, row, want):
        start = time.monotonic()
        cell = Cell(section, row, self.name, 'ok')
        try:
            self.client.check(want, 'client')
            self.server.check(want, 'server')
            server = self._server(want)
            line = getattr(server, 'request', None)
            more = {'line': line} if line else {}  # tlsn is the client then
            report = self.client.client(want, server.port, server.answer(GREETING), **more)
            cell.client = shlex.join(str(a) for a in report.argv)
            wrong = self._judge(want, report, server)
            if wrong:
                cell.result, cell.detail = 'FAIL', '; '.join(wrong)
        except Unable as reason:
            cell.result, cell.detail = '-', str(reason)
        except (RuntimeError, OSError) as error:
            cell.result, cell.detail = 'FAIL', str(error)
        cell.seconds = time.monotonic() - start
        return cell

    def _both(self):
        return self.client.features & self.server.features

    def _judge(self, want, report, server):
        if want.refused:
            server.report(0)
            return self._judge_refusal(want, report)
        if report.status != 0 or not report.data:
            lines = [line for line in report.text.splitlines() if line.strip()]
            errors = [line for line in lines if 'rror' in line or 'alert' in line] or lines
            end = 'had to be killed' if report.status is None else f'exit status {report.status}'
            server.report(0)
            return [f'client: {end}, {"line came back" if report.data else "no data came back"}; '
                    + ' | '.join(errors[-3:])[-300:]
                    + ' | server: ' + last_line(server.proc.text())]
        wrong = complaints(want, report, self.client.name, self._both())
        theirs = server.report(2 if want.resume else 1)
        if theirs is None and self.server.name == 'tlsn':
            wrong.append('tlsn: the server reported no connection')
        if theirs:
            wrong += complaints(want, theirs, self.server.name, self._both())
        if report.suite is None and (theirs is None or theirs.suite is None):
            wrong.append('no side said which suite it was')
        return wrong

    def _judge_refusal(self, want, report):
        if report.data or report.status in (0, None):
            return [f'the handshake was to fail; exit status {report.status}']
        may = {want.refused, 2} if 'hangs-up' in self.server.features else {want.refused}
        if self.client.name == 'tlsn' and report.status not in may:
            return [f'exit status {report.status}, not {want.refused}: ' + last_line(report.text)]
        return []

    def close(self):
        """A cell that tells whether the servers ended well."""
        for key in list(self._running):
            self._stop(key)
        wrong, self._ended_badly = self._ended_badly, []
        return Cell('servers', 'end when they are told to', self.name, 'FAIL' if wrong else 'ok',
                    '; '.join(wrong))


def last_line(text):
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1][-200:] if lines else 'no output'


def run_lane(lane, sections):
    try:
        cells = [lane.run(title, row, want) for title, rows in sections for row, want in rows]
        return cells + [lane.close()]
    finally:
        lane.close()


def mark_of(cell, reasons):
    if cell is None:
        return '.'
    if cell.result == '-':
        return f'-{reasons.setdefault(cell.detail, len(reasons) + 1)}'
    return cell.result


def print_matrix(cells, out):
    """Rows down, peers across: as our client / as our server; reasons below; the order of the plan."""
    table, reasons = {}, {}
    for cell in cells:
        table.setdefault(cell.section, {}).setdefault(cell.row, {})[cell.lane] = cell
    columns = list(dict.fromkeys(columns_of(cell.lane) for cell in cells))
    width = max(len(cell.row) for cell in cells) + 2
    print('\ncolumns: tlsn as client / tlsn as server; .: not a row there; -N: reason N below', file=out)
    for section, rows in table.items():
        print(f'\n{section:{width}}' + ''.join(f'{name:>14}' for name, _ in columns), file=out)
        for row, by_lane in rows.items():
            marks = ['/'.join(mark_of(by_lane.get(lane), reasons) for lane in lanes)
                     for _, lanes in columns]
            print(f'  {row:{width - 2}}' + ''.join(f'{m if m != "./." else "":>14}' for m in marks),
                  file=out)
    for reason, number in reasons.items():
        print(f'{"" if number > 1 else chr(10)}-{number} {reason}', file=out)
    failed = [cell for cell in cells if cell.result == 'FAIL']
    for cell in failed:
        print(f'\nFAIL {cell.section}: {cell.row}: {cell.lane}', file=out)
        print(f'     {cell.detail}\n     {cell.client}', file=out)


def columns_of(lane):
    """(title, (lane with tlsn as client, lane with tlsn as server)) of the column a lane stands in."""
    client, server = lane.split('>')
    if client != 'tlsn' and server != 'tlsn':
        return lane, (lane, '')
    peer = server if client == 'tlsn' else client
    return peer, (f'tlsn>{peer}', f'{peer}>tlsn')


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--tlsn', default='build/tlsn', help='our program')
    parser.add_argument('--out', type=pathlib.Path, default=pathlib.Path('build/interop'))
    parser.add_argument('--quick', action='store_true', help='every third row')
    parser.add_argument('--only', default='', help='sections whose title contains this')
    parser.add_argument('--row', default='', help='rows whose name contains this')
    parser.add_argument('--peer', default='', help='only these peers, separated by commas')
    parser.add_argument('--keep', action='store_true',
                        help='keep keys and certificates in OUT/certs')
    parser.add_argument('--peers-alone', action='store_true',
                        help='peers among themselves, without tlsn: checks this harness')
    return parser.parse_args()


def lanes_of(args, certs):
    ours = Tlsn(certs, args.tlsn)
    found, absent = peers.find(certs, args.out, args.peer.split(',') if args.peer else None)
    for note in absent:
        print(f'note: {note}; its columns are missing')
    if args.peers_alone:
        return [Lane(a, b) for a in found for b in found]
    return [lane for peer in found for lane in (Lane(ours, peer), Lane(peer, ours))]


def main():
    args = arguments()
    args.out.mkdir(parents=True, exist_ok=True)
    if not pathlib.Path(args.tlsn).exists():
        print(f'interop: {args.tlsn} is not there; build it first', file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix='tlsn-interop-') as scratch:
        folder = pathlib.Path(scratch)
        if args.keep:
            folder = args.out / 'certs'
            folder.mkdir(exist_ok=True)
        names.load(*(output_of([args.tlsn, 'list', what, '--json']) for what in ('suites', 'versions')),
                   args.peers_alone)
        certs = Certs(folder, args.tlsn, shutil.which('openssl'))
        lanes = lanes_of(args, certs)
        sections = [(title, [(name, want) for name, want in
                             (plan.quick(rows()) if args.quick else rows()) if args.row in name])
                    for title, rows in plan.SECTIONS if args.only in title]
        print('peers: ' + ', '.join(sorted({lane.client.version for lane in lanes}
                                           | {lane.server.version for lane in lanes})))
        print('certificates made by ' + certs.made_by(), flush=True)
        with concurrent.futures.ThreadPoolExecutor(1 if args.peers_alone else 4) as pool:
            cells = sum(pool.map(lambda lane: run_lane(lane, sections), lanes), [])
        for lane in lanes:
            lane.client.close()
            lane.server.close()
        if not args.peers_alone and args.only in web.TITLE:
            cells += [Cell(web.TITLE, *rest) for rest in web.run(args.tlsn, certs)]
        for section in again, behind, early, delegated:
            if not args.peers_alone and args.only in section.TITLE:
                cells += [Cell(section.TITLE, *rest) for rest in section.run(args.tlsn, certs)]
    if cells:
        print_matrix(cells, sys.stdout)
    (args.out / 'interop.json').write_text(''.join(json.dumps(vars(c)) + '\n' for c in cells))
    passed, failed = (sum(c.result == r for c in cells) for r in ('ok', 'FAIL'))
    spared = sum(c.result == '-' for c in cells)
    print(f'\n{spared} cells that a peer cannot speak')
    print(f'{passed} passed, {failed} failed')
    return 0 if passed and not failed else 1


if __name__ == '__main__':
    sys.exit(main())
