package peer;

import org.operaton.bpm.engine.delegate.JavaDelegate;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;

/** The engine with its REST API; processes are deployed from the class path. */
@SpringBootApplication
public class OperatonPeer {
    public static void main(String[] arguments) {
        SpringApplication.run(OperatonPeer.class, arguments);
    }

    /** A service that answers at once; its result is a variable of the case, named after the step. */
    @Bean
    public JavaDelegate effect() {
        return execution -> execution.setVariable(execution.getCurrentActivityId(), "done");
    }
}
