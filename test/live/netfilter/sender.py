"""Sends packets inside a network namespace and tells what the kernel's rules counted.

One JSON object a line in, one a line out. Out of a local socket (`hook: path-out`) through a raw socket of the named owner and mark; in through
the other end of eth0's cable (`hook: path-in`).
"""
import ctypes, json, socket, struct, subprocess, sys, time

libc = ctypes.CDLL(None)
ETH_P_IP = 0x0800
IP_TRANSPARENT = 19
FLAGS = {'FIN': 1, 'SYN': 2, 'RST': 4, 'PSH': 8, 'ACK': 16, 'URG': 32}
mac = bytes.fromhex(sys.argv[1].replace(':', ''))


def checksum(data):
    if len(data) % 2:
        data += b'\0'
    total = sum(struct.unpack('!%dH' % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def segment(p, src, dst):
    if p['proto'] == 'udp':
        head = struct.pack('!HHHH', p['sport'], p['dport'], 8, 0)
        where, number = 6, 17
    else:
        flags = sum(FLAGS[name] for name in p['flags'])
        head = struct.pack('!HHIIBBHHH', p['sport'], p['dport'], 1000, 0, 5 << 4, flags, 64240, 0, 0)
        where, number = 16, 6
    pseudo = src + dst + struct.pack('!BBH', 0, number, len(head))
    return head[:where] + struct.pack('!H', checksum(pseudo + head)) + head[where + 2:], number


def packet(p):
    src, dst = socket.inet_aton(p['src']), socket.inet_aton(p['dst'])
    body, number = segment(p, src, dst)
    head = struct.pack('!BBHHHBBH4s4s', 0x45, 0, 20 + len(body), p['sport'], 0x4000, p['ttl'], number, 0, src, dst)
    return head[:10] + struct.pack('!H', checksum(head)) + head[12:] + body


def send_out(p):
    # The owner that rules see is the file system's user of whoever opened the socket.
    libc.setfsgid(p['gid'])
    libc.setfsuid(p['uid'])
    sock = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
    libc.setfsuid(0)
    libc.setfsgid(0)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_MARK, p['mark'])
    try:
        sock.sendto(packet(p), (p['dst'], 0))
    except OSError:
        pass  # What a rule drops on the way out is refused to the sender.
    sock.close()


def listen(port):
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_IP, IP_TRANSPARENT, 1)
    sock.bind(('0.0.0.0', port))
    sock.listen(1)
    return sock


cable = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
cable.bind(('eth0-peer', ETH_P_IP))
listener = listen(15006)
print(json.dumps('ready'), flush=True)
for line in sys.stdin:
    p = json.loads(line)
    if p['hook'] == 'path-out':
        send_out(p)
    elif p['hook'] == 'path-in':
        cable.send(mac + b'\2\0\0\0\0\1' + struct.pack('!H', ETH_P_IP) + packet(p))
    time.sleep(0.002)
    listed = subprocess.run(['nft', '-j', 'list', 'ruleset'], capture_output=True, text=True, check=True).stdout
    subprocess.run(['nft', 'flush set inet probe left; flush set inet probe delivered'], check=True)
    print(listed.replace('\n', ''), flush=True)
