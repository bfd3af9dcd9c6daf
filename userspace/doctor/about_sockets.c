// SPDX-License-Identifier: GPL-2.0
/* doctor: programs that make the kernel serve some of the SAs by itself. */
#include "doctor.h"
#include "sockets.h"

/* Where IKE daemons have such a socket. */
#define PORT_NATT	4500

static const struct finding encap_socket = {
	"encap-socket",
	"A program has UDP_ENCAP set on this port, so that the kernel, not espencap, serves SAs with a template there.",
	"Nothing, if it is your IKE daemon; else stop the program, which ss -ulpn shows as well."
};

void doctor_sockets(const struct patient_ports *ports)
{
	char owners[256];
	size_t i;

	for (i = 0; i < ports->count; i++) {
		const struct patient_port *port = &ports->list[i];

		if (!port->has_encap_socket)
			continue;
		sockets_owners(port->config.number, owners, sizeof(owners));
		found(&encap_socket,
		      port->config.number == PORT_NATT ? NOTE : WARNING,
		      "port %u: %s", port->config.number,
		      *owners ? owners : "nobody who can be seen from here");
	}
}
