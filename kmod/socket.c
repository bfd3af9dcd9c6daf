// SPDX-License-Identifier: GPL-2.0
/* Finding UDP sockets with UDP_ENCAP. */
#include <linux/udp.h>
#include <net/sock.h>
#include <net/udp.h>
#include "compat.h"
#include "socket.h"

bool espencap_socket_has_encap(struct net *net, u16 port)
{
	struct udp_hslot *slot = udp_hashslot(espencap_udp_table(net), net,
					      port);
	bool found = false;
	struct sock *sk;

	spin_lock_bh(&slot->lock);
	sk_for_each(sk, &slot->head) {
		const int type = READ_ONCE(udp_sk(sk)->encap_type);

		if (net_eq(sock_net(sk), net) &&
		    udp_sk(sk)->udp_port_hash == port &&
		    (type == UDP_ENCAP_ESPINUDP ||
		     type == UDP_ENCAP_ESPINUDP_NON_IKE)) {
			found = true;
			break;
		}
	}
	spin_unlock_bh(&slot->lock);
	return found;
}
