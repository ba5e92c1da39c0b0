package com.unkey.vmcp.backends.adapter;

