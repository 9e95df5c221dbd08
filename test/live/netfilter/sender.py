"""Sends packets inside a network namespace and tells what the kernel's rules counted.

One JSON object a line in, one a line out. Out of a local socket (`hook: path-out`) through a raw socket of the named owner and mark; in through
the other end of eth0's cable (`hook: path-in`). `save`: a command whose counters are asked beside nft's.
"""
import ctypes, json, socket, struct, subprocess, sys, time

libc = ctypes.CDLL(None)
nftables = ctypes.CDLL('libnftables.so.1')
nftables.nft_ctx_new.restype = ctypes.c_void_p
nftables.nft_ctx_get_output_buffer.restype = ctypes.c_char_p
context = ctypes.c_void_p(nftables.nft_ctx_new(0))
nftables.nft_ctx_buffer_output(context)
nftables.nft_ctx_output_set_flags(context, 1 << 4)  # JSON
ETHERTYPE = {4: 0x0800, 6: 0x86dd}
FAMILY = {4: socket.AF_INET, 6: socket.AF_INET6}
IP_TRANSPARENT, IPV6_TRANSPARENT = 19, 75
FLAGS = {'FIN': 1, 'SYN': 2, 'RST': 4, 'PSH': 8, 'ACK': 16, 'URG': 32}
mac = bytes.fromhex(sys.argv[1].replace(':', ''))


def nft(command):
    if nftables.nft_run_cmd_from_buffer(context, command.encode()) != 0:
        raise RuntimeError(command)
    return nftables.nft_ctx_get_output_buffer(context).decode()


def checksum(data):
    if len(data) % 2:
        data += b'\0'
    total = sum(struct.unpack('!%dH' % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def segment(p, src, dst):
    if p['proto'] == 'gre':
        return struct.pack('!HHI', 0, 0x0800, 0), 47
    if p['proto'] == 'udp':
        head = struct.pack('!HHHH', p['sport'], p['dport'], 8, 0)
        where, number = 6, 17
    else:
        flags = sum(FLAGS[name] for name in p['flags'])
        head = struct.pack('!HHIIBBHHH', p['sport'], p['dport'], 1000, 0, 5 << 4, flags, 64240, 0, 0)
        where, number = 16, 6
    pseudo = src + dst + struct.pack('!IHBB', len(head), 0, 0, number)
    return head[:where] + struct.pack('!H', checksum(pseudo + head)) + head[where + 2:], number


def packet(p):
    src, dst = (socket.inet_pton(FAMILY[p['version']], p[side]) for side in ('src', 'dst'))
    body, number = segment(p, src, dst)
    if p['version'] == 6:
        return struct.pack('!IHBB', 6 << 28, len(body), number, p['ttl']) + src + dst + body
    head = struct.pack('!BBHHHBBH4s4s', 0x45, 0, 20 + len(body), p['sport'], 0x4000, p['ttl'], number, 0, src, dst)
    return head[:10] + struct.pack('!H', checksum(head)) + head[12:] + body


def send_out(p):
    # The owner that rules see is the file system's user of whoever opened the socket.
    libc.setfsgid(p['gid'])
    libc.setfsuid(p['uid'])
    sock = socket.socket(FAMILY[p['version']], socket.SOCK_RAW, socket.IPPROTO_RAW)
    libc.setfsuid(0)
    libc.setfsgid(0)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_MARK, p['mark'])
    try:
        sock.sendto(packet(p), (p['dst'], 0))
    except OSError:
        pass  # What a rule drops on the way out is refused to the sender.
    sock.close()


def listen(version, port):
    sock = socket.socket(FAMILY[version], socket.SOCK_STREAM)
    if version == 6:
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        sock.setsockopt(socket.IPPROTO_IPV6, IPV6_TRANSPARENT, 1)
    else:
        sock.setsockopt(socket.SOL_IP, IP_TRANSPARENT, 1)
    sock.bind(('::' if version == 6 else '0.0.0.0', port))
    sock.listen(1)
    return sock


cable = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
cable.bind(('eth0-peer', ETHERTYPE[4]))
listeners = [listen(version, 15006) for version in (4, 6)]
print(json.dumps('ready'), flush=True)
for line in sys.stdin:
    p = json.loads(line)
    if p['hook'] == 'path-out':
        send_out(p)
    elif p['hook'] == 'path-in':
        cable.send(mac + b'\2\0\0\0\0\1' + struct.pack('!H', ETHERTYPE[p['version']]) + packet(p))
    time.sleep(0.001)
    listed = json.loads(nft('list ruleset'))
    nft(''.join(f'flush set inet probe {name}{version}\n' for name in ('left', 'delivered') for version in (4, 6)))
    saved = subprocess.run([p['save'], '-c'], capture_output=True, text=True, check=True).stdout if p.get('save') else ''
    print(json.dumps({'nft': listed, 'saved': saved}), flush=True)
