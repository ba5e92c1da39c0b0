package com.unkey.vmcp.core.control;

import com.unkey.vmcp.core.port.Adoption;
import com.unkey.vmcp.core.port.Vmm;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * What stands between a control plane and the world that outlives it. Once it is down, whoever
 * comes to it stays there for ever, as the threads of a killed process do; calls that are through
 * are awaited, as a VMM carries out what it has been told.
 */
final class Fence {

    private final ReadWriteLock passage = new ReentrantReadWriteLock();
    private boolean down;

    /** The port behind this fence. */
    <T> T around(Class<T> port, T target) {
        return port.cast(
                Proxy.newProxyInstance(
                        port.getClassLoader(),
                        new Class<?>[] {port},
                        (_, method, arguments) -> pass(target, method, arguments)));
    }

    /** Lets nobody through any more. */
    void close() {
        passage.writeLock().lock();
        try {
            down = true;
        } finally {
            passage.writeLock().unlock();
        }
    }

    private Object pass(Object target, Method method, Object[] arguments) throws Throwable {
        passage.readLock().lock();
        try {
            if (!down) {
                return fenced(method.invoke(target, arguments));
            }
        } catch (InvocationTargetException e) {
            throw e.getCause();
        } finally {
            passage.readLock().unlock();
        }
        while (true) {
            LockSupport.park();
        }
    }

    private Object fenced(Object result) {
        return switch (result) {
            case Vmm vmm -> around(Vmm.class, vmm);
            case Adoption.Living(Vmm vmm) -> new Adoption.Living(around(Vmm.class, vmm));
            case null, default -> result;
        };
    }
}
