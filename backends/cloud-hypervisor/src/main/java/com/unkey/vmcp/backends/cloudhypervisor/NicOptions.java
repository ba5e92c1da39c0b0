package com.unkey.vmcp.backends.cloudhypervisor;

import com.unkey.vmcp.backends.adapter.Options;
import com.unkey.vmcp.backends.adapter.RateLimit;
import tools.jackson.databind.node.ObjectNode;
